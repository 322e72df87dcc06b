package io.fairlead.apps.server;

import io.fairlead.apps.forge.ClientRules;
import io.fairlead.apps.forge.DatabaseKeys;
import io.fairlead.apps.forge.SshKeys;
import io.fairlead.apps.kas.AgentConfig;
import io.fairlead.apps.kas.ListenConfig;
import io.fairlead.base.config.ConfigSection;
import io.fairlead.base.env.Environment;
import io.fairlead.base.metrics.ObservabilityKeys;
import io.fairlead.base.net.TrustedProxies;
import io.fairlead.cli.forge.DataFolder;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The all-in-one server's configuration. What joins forge and kas is not in it: addresses on loopback and secrets that the
 * server makes itself.
 *
 * @param dataDir holds everything that must last
 * @param https where pages, REST, Git, the Kubernetes proxy and agents over WebSocket are served; without an identity the
 *     local CA issues one
 * @param http the same in clear text, for this machine
 * @param names names and addresses in that certificate beside those the server finds itself
 * @param ssh where Git is served over SSH
 * @param externalUrl what people and agents call the server, without a slash at its end; none: the HTTPS address
 * @param rules what clients of the forge may do
 * @param database where the forge keeps people, projects and tokens
 * @param agent kas's keys below {@code agent}
 * @param observability kas's keys below {@code observability}, for the whole process
 */
public record ServerConfig(
        Path dataDir,
        ListenConfig https,
        ListenConfig http,
        List<String> names,
        SshKeys ssh,
        Optional<URI> externalUrl,
        ClientRules rules,
        DatabaseKeys database,
        AgentConfig agent,
        ObservabilityKeys observability) {

    /** Maps the whole file; {@code environment} gives the default of {@code data_dir}. */
    static ServerConfig read(ConfigSection root, Environment environment) {
        ConfigSection https = root.section("https");
        ConfigSection http = root.section("http");
        ListenConfig httpsListen = ListenConfig.read(https, "127.0.0.1:8443").behindProxies(https, TrustedProxies.NONE);
        return new ServerConfig(
                Path.of(root.string("data_dir", DataFolder.of(environment).toString())),
                httpsListen,
                ListenConfig.plain(http.address("address", "127.0.0.1:8080")).behindProxies(http, TrustedProxies.NONE),
                https.strings("names"),
                SshKeys.read(root),
                root.baseUrl("external_url", Set.of("https", "http")),
                ClientRules.read(root),
                DatabaseKeys.read(root),
                AgentConfig.read(root.section("agent"), true),
                ObservabilityKeys.read(root.section("observability"), "127.0.0.1:8151"));
    }
}
