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
 * @param token the bearer token
 * @param namespace the namespace meant when none is named
 */
record KubeconfigText(String context, String server, Optional<Path> caFile, String token, Optional<String> namespace) {

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
        config.put("users", List.of(Map.of("name", context, "user", Map.of("token", token))));
        return Json.writePretty(config) + "\n";
    }

    /** The token stays out of logs and messages. */
    @Override
    public String toString() {
        return "kubeconfig " + context + " -> " + server;
    }
}
