package io.fairlead.forge.agent;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.yaml.YamlDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads the {@code user_access} section of an agent's configuration file. */
final class UserAccessReader {
    /** GitLab reads the first 500 entries and ignores the rest. */
    static final int ENTRIES_MAX = 500;

    private UserAccessReader() {}

    /**
     * The section; nothing when there is none.
     *
     * @throws FairleadException {@code yaml.invalid} or {@code agent.user-access-invalid} with the place
     */
    static Optional<UserAccess> read(String name, String text) {
        return YamlDocument.compose(name, text)
                .flatMap(root -> member(name, root, "user_access"))
                .map(section -> section(name, section));
    }

    private static UserAccess section(String name, Node section) {
        UserAccess.As as =
                member(name, section, "access_as").map(node -> as(name, node)).orElse(UserAccess.As.AGENT);
        return new UserAccess(as, ids(name, section, "projects"), ids(name, section, "groups"));
    }

    private static UserAccess.As as(String name, Node node) {
        if (node instanceof MappingNode mapping && mapping.getValue().size() == 1) {
            String key = text(name, mapping.getValue().getFirst().getKeyNode());
            if (key.equals("agent")) {
                return UserAccess.As.AGENT;
            }
            if (key.equals("user")) {
                return UserAccess.As.USER;
            }
        }
        throw invalid(name, node, "access_as must have exactly one of the keys agent, user");
    }

    private static List<String> ids(String name, Node section, String key) {
        Optional<Node> list = member(name, section, key);
        if (list.isEmpty()) {
            return List.of();
        }
        if (!(list.get() instanceof SequenceNode sequence)) {
            throw invalid(name, list.get(), key + " must be a list");
        }
        List<String> ids = new ArrayList<>();
        for (Node entry : sequence.getValue()) {
            if (ids.size() == ENTRIES_MAX) {
                break;
            }
            ids.add(member(name, entry, "id")
                    .map(id -> text(name, id))
                    .orElseThrow(() -> invalid(name, entry, "an entry of " + key + " needs an id")));
        }
        return ids;
    }

    /** A member that is there and not null. */
    private static Optional<Node> member(String name, Node node, String key) {
        if (absent(node)) {
            return Optional.empty();
        }
        if (!(node instanceof MappingNode mapping)) {
            throw invalid(name, node, "a mapping is expected here");
        }
        for (NodeTuple tuple : mapping.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode scalar
                    && scalar.getValue().equals(key)) {
                Node value = tuple.getValueNode();
                return absent(value) ? Optional.empty() : Optional.of(value);
            }
        }
        return Optional.empty();
    }

    /** GitLab reads YAML 1.1, in which a tilde stands for nothing. */
    private static boolean absent(Node node) {
        return Tag.NULL.equals(node.getTag())
                || (node instanceof ScalarNode scalar
                        && scalar.getScalarStyle() == ScalarStyle.PLAIN
                        && scalar.getValue().equals("~"));
    }

    private static String text(String name, Node node) {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        throw invalid(name, node, "a text is expected here");
    }

    private static FairleadException invalid(String name, Node node, String problem) {
        return new FairleadException(
                "agent.user-access-invalid", name + ":" + YamlDocument.place(node) + ": " + problem);
    }
}
