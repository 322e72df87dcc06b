package io.fairlead.cli.agent;

import io.fairlead.base.json.Json;
import io.fairlead.cli.forge.CaData;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A kubeconfig of one context.
 *
 * @param context the context's name, as GitLab names it: {@code project/path:agent}
 * @param server the proxy's address
 * @param caFile certificates to trust for it, copied into the file
 * @param user how kubectl signs in: a bearer token, or a program that prints one
 * @param namespace the namespace meant when none is named
 */
record KubeconfigText(String context, String server, Optional<Path> caFile, User user, Optional<String> namespace) {

    /** How kubectl signs in. */
    sealed interface User {
        /** The token stays out of logs and messages. */
        record Token(String token) implements User {
            @Override
            public String toString() {
                return "a token";
            }
        }

        /** A program that kubectl runs for a credential, once the last one has ended. */
        record Program(String command, List<String> arguments) implements User {}
    }

    /** JSON is YAML too, and needs no quoting rules of ours. */
    String yaml() {
        Map<String, Object> cluster = new LinkedHashMap<>();
        cluster.put("server", server);
        caFile.ifPresent(file -> cluster.put("certificate-authority-data", CaData.of(file)));
        Map<String, Object> link = new LinkedHashMap<>();
        link.put("cluster", "fairlead");
        link.put("user", context);
        namespace.ifPresent(name -> link.put("namespace", name));
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("apiVersion", "v1");
        config.put("kind", "Config");
        config.put("current-context", context);
        config.put("clusters", List.of(Map.of("name", "fairlead", "cluster", cluster)));
        config.put("contexts", List.of(Map.of("name", context, "context", link)));
        config.put("users", List.of(Map.of("name", context, "user", userMembers())));
        return Json.writePretty(config) + "\n";
    }

    private Map<String, Object> userMembers() {
        return switch (user) {
            case User.Token(String token) -> Map.of("token", token);
            case User.Program(String command, List<String> arguments) -> {
                Map<String, Object> exec = new LinkedHashMap<>();
                exec.put("apiVersion", "client.authentication.k8s.io/v1");
                exec.put("command", command);
                exec.put("args", arguments);
                exec.put("interactiveMode", "Never");
                exec.put("provideClusterInfo", false);
                exec.put(
                        "installHint",
                        "kubectl needs the program fairlead here for short-lived credentials; where it is not, use a"
                                + " kubeconfig of \"fairlead agent kubeconfig --static-token\"");
                yield Map.of("exec", exec);
            }
        };
    }

    /** The token stays out of logs and messages. */
    @Override
    public String toString() {
        return "kubeconfig " + context + " -> " + server;
    }
}
