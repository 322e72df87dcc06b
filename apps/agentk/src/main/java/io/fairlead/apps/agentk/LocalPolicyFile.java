package io.fairlead.apps.agentk;

import io.fairlead.base.config.ConfigException;
import io.fairlead.base.config.ConfigInput;
import io.fairlead.base.config.ConfigLoader;
import io.fairlead.base.config.ConfigSection;
import io.fairlead.base.env.Environment;
import io.fairlead.link.kubeapi.agent.LocalPolicy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads an agent's local policy from its YAML file. */
final class LocalPolicyFile {
    private LocalPolicyFile() {}

    /** @throws ConfigException with every mistake; also when the file is not there */
    static LocalPolicy read(Path file) {
        // Only the file says it: a variable of the pod could widen it unseen.
        ConfigInput input = ConfigInput.of(Optional.of(file), new Environment(Map.of()));
        return ConfigLoader.load(input, root -> policy(file.toString(), root)).value();
    }

    private static LocalPolicy policy(String name, ConfigSection root) {
        Optional<List<String>> namespaces =
                root.has("namespaces") ? Optional.of(root.strings("namespaces")) : Optional.empty();
        return new LocalPolicy(
                name,
                patterns(root, "users", List.of()),
                patterns(root, "groups", List.of()),
                patterns(root, "uids", List.of()),
                patterns(root, "extra_keys", LocalPolicy.EXTRA_KEYS),
                namespaces);
    }

    private static List<String> patterns(ConfigSection root, String key, List<String> standard) {
        return root.strings(key, standard);
    }
}
