package io.fairlead.kube.connection;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.yaml.YamlDocument;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Reads one context of a kubeconfig file. Credentials that come from a program ({@code exec}) or a provider are refused by
 * name: an agent runs where no such program is.
 */
public final class Kubeconfig {
    private final Path file;
    private final Map<String, Node> root;

    private Kubeconfig(Path file, Map<String, Node> root) {
        this.file = file;
        this.root = root;
    }

    /**
     * The connection that {@code context} names, or the file's current context when it is empty.
     *
     * @throws FairleadException {@code kube.config-unusable} with the file's name and what is wrong in it
     */
    public static KubeConnection connection(Path file, Optional<String> context) {
        Node root;
        try {
            root = YamlDocument.compose(file.toString(), Files.readString(file))
                    .orElseThrow(() -> unusable(file, "it is empty"));
        } catch (IOException e) {
            throw unusable(file, "it cannot be read: " + e);
        }
        return new Kubeconfig(file, mapping(root)).connection(context);
    }

    private KubeConnection connection(Optional<String> wanted) {
        String name = wanted.or(() -> text(root, "current-context"))
                .orElseThrow(() -> unusable(file, "it has no current-context; name one with --context"));
        Map<String, Node> context = named("contexts", "context", name);
        Map<String, Node> cluster =
                named("clusters", "cluster", text(context, "cluster").orElse(""));
        Optional<String> user = text(context, "user");
        if (text(cluster, "proxy-url").isPresent()) {
            throw unusable(file, "proxy-url is not supported");
        }
        String server = text(cluster, "server").orElseThrow(() -> unusable(file, "the cluster has no server"));
        return new KubeConnection(
                KubeConnection.url(server),
                dataOrFile(cluster, "certificate-authority"),
                text(cluster, "insecure-skip-tls-verify").filter("true"::equals).isPresent(),
                text(cluster, "tls-server-name"),
                user.map(userName -> credentials(userName)).orElse(new KubeCredentials.None()),
                text(context, "namespace").orElse("default"));
    }

    private KubeCredentials credentials(String userName) {
        Map<String, Node> user = named("users", "user", userName);
        for (String unsupported : new String[] {"exec", "auth-provider", "username"}) {
            if (user.containsKey(unsupported)) {
                throw unusable(
                        file,
                        "user " + userName + " has credentials of kind " + unsupported
                                + ", which is not supported; use a token or a client certificate");
            }
        }
        Optional<String> tokenFile = text(user, "tokenFile");
        if (tokenFile.isPresent()) {
            return new KubeCredentials.TokenFile(besideConfig(tokenFile.get()));
        }
        Optional<String> token = text(user, "token");
        if (token.isPresent()) {
            return new KubeCredentials.Token(token.get());
        }
        Optional<String> chain = dataOrFile(user, "client-certificate");
        Optional<String> key = dataOrFile(user, "client-key");
        if (chain.isPresent() && key.isPresent()) {
            return new KubeCredentials.Certificate(chain.get(), key.get());
        }
        return new KubeCredentials.None();
    }

    private Map<String, Node> named(String list, String member, String name) {
        TreeSet<String> names = new TreeSet<>();
        if (root.get(list) instanceof SequenceNode items) {
            for (Node item : items.getValue()) {
                Map<String, Node> entry = mapping(item);
                Node value = entry.get(member);
                String found = text(entry, "name").orElse("");
                if (found.equals(name) && value != null) {
                    return mapping(value);
                }
                names.add(found);
            }
        }
        throw unusable(file, "there is no " + member + " \"" + name + "\" in it; there are " + names);
    }

    private Optional<String> dataOrFile(Map<String, Node> section, String key) {
        Optional<String> data = text(section, key + "-data");
        if (data.isPresent()) {
            try {
                return Optional.of(new String(Base64.getMimeDecoder().decode(data.get()), StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                throw unusable(file, key + "-data is not Base64");
            }
        }
        return text(section, key).map(name -> {
            try {
                return Files.readString(besideConfig(name));
            } catch (IOException e) {
                throw unusable(file, key + " " + name + " cannot be read: " + e);
            }
        });
    }

    /** Relative names count from the kubeconfig's own folder, as for kubectl. */
    private Path besideConfig(String name) {
        return file.toAbsolutePath().resolveSibling(name);
    }

    private static Optional<String> text(Map<String, Node> section, String key) {
        return section.get(key) instanceof ScalarNode scalar
                        && !scalar.getValue().isEmpty()
                ? Optional.of(scalar.getValue())
                : Optional.empty();
    }

    private static Map<String, Node> mapping(Node node) {
        Map<String, Node> entries = new LinkedHashMap<>();
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                if (tuple.getKeyNode() instanceof ScalarNode key) {
                    entries.put(key.getValue(), tuple.getValueNode());
                }
            }
        }
        return entries;
    }

    private static FairleadException unusable(Path file, String why) {
        return new FairleadException("kube.config-unusable", "the kubeconfig " + file + " cannot be used: " + why);
    }
}
