package io.fairlead.apps.kas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.base.config.ConfigException;
import io.fairlead.base.config.ConfigInput;
import io.fairlead.base.config.ConfigLoader;
import io.fairlead.base.config.LoadedConfig;
import io.fairlead.base.env.Environment;
import io.fairlead.base.log.LogLevels;
import io.fairlead.base.metrics.ObservabilityConfig;
import io.fairlead.base.metrics.ObservabilityKeys;
import io.fairlead.base.net.TrustedProxies;
import io.fairlead.link.identity.kas.RefusedCredentials;
import io.fairlead.wire.tls.PemIdentity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;

class KasConfigTest {
    private static final String LEAST = """
            gitlab: {address: "http://gitlab.example.com", authentication_secret_file: /secret}
            api: {listen: {authentication_secret_file: /api-secret}}
            """;

    @TempDir
    Path folder;

    @Test
    void hasGitLabsDefaults() throws IOException {
        LoadedConfig<KasConfig> loaded = load(LEAST);

        assertThat(loaded.warnings()).isEmpty();
        assertThat(loaded.value())
                .isEqualTo(new KasConfig(
                        new GitLabConfig(
                                URI.create("http://gitlab.example.com"),
                                Path.of("/secret"),
                                Optional.empty(),
                                Optional.empty(),
                                50,
                                250),
                        new AgentConfig(
                                plain("127.0.0.1", 8150),
                                false,
                                Duration.ofHours(2),
                                40_000,
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(300),
                                131_072,
                                Duration.ofSeconds(300),
                                Duration.ofSeconds(60),
                                AgentBounds.DEFAULT,
                                AccessConfig.DEFAULT,
                                AuditConfig.DEFAULT,
                                Optional.empty()),
                        new ObservabilityKeys(
                                ObservabilityConfig.on("127.0.0.1:8151"), LogLevels.of(Level.INFO, Level.ERROR)),
                        new ApiConfig(plain("127.0.0.1", 8153), Path.of("/api-secret"), Duration.ofHours(2))));
    }

    @Test
    void hasGitLabsDefaultsForTheProxyOnceItIsNamed() throws IOException {
        assertThat(load(LEAST + "agent: {kubernetes_api: {}}\n").value().agent().kubernetesApi())
                .contains(new KubernetesApiConfig(
                        plain("0.0.0.0", 8154),
                        "/",
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(3600),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(10),
                        100));
    }

    @Test
    void stopsAcceptingWhenItsMostPatientListenerDoes() throws IOException {
        assertThat(load(LEAST
                                + "agent: {listen: {listen_grace_period: 1s}, kubernetes_api: {listen: {listen_grace_period: 20s}}}\n")
                        .value()
                        .agent()
                        .stopGrace())
                .isEqualTo(Duration.ofSeconds(20));
        assertThat(load(LEAST + "agent: {listen: {listen_grace_period: 30s}, kubernetes_api: {}}\n")
                        .value()
                        .agent()
                        .stopGrace())
                .isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void mapsEveryKey() throws IOException {
        KasConfig config = load("""
                gitlab:
                  address: https://gitlab.example.com/base
                  authentication_secret_file: /s
                  ca_certificate_file: /ca
                  external_url: https://example.com
                  api_rate_limit: {refill_rate_per_second: 1.5, bucket_size: 3}
                agent:
                  listen:
                    network: tcp4
                    address: 127.0.0.2:1
                    websocket: true
                    certificate_file: /c
                    key_file: /k
                    max_connection_age: 60s
                    connections_per_token_per_minute: 500
                    listen_grace_period: 1s
                    connections_max: 11
                    token_timeout: 12s
                    trusted_proxies: [10.0.0.0/8, "::1"]
                  tunnels_per_agent_max: 13
                  refused_credentials: {bucket_size: 14, refill_rate_per_second: 0.5}
                  access: {ask_again_period: 15s, unreachable_max: 16s}
                  audit: {file: /audit, file_megabytes_max: 17}
                  configuration: {poll_period: 20s, max_configuration_file_size: 1000}
                  info_cache_ttl: 4s
                  info_cache_error_ttl: 3s
                  kubernetes_api:
                    listen: {address: 127.0.0.2:2, listen_grace_period: 2s, shutdown_grace_period: 7s}
                    url_path_prefix: /k8s-proxy
                    allowed_agent_cache_ttl: 9s
                    allowed_agent_cache_error_ttl: 8s
                    requests_per_person_max: 77
                observability:
                  listen: {address: 127.0.0.2:3}
                  prometheus: {url_path: /m}
                  liveness_probe: {url_path: /l}
                  readiness_probe: {url_path: /r}
                  logging: {level: debug, grpc_level: warn}
                api:
                  listen: {address: 127.0.0.2:4, authentication_secret_file: /a, max_connection_age: 30s}
                """).value();

        assertThat(config)
                .isEqualTo(new KasConfig(
                        new GitLabConfig(
                                URI.create("https://gitlab.example.com/base"),
                                Path.of("/s"),
                                Optional.of(Path.of("/ca")),
                                Optional.of(URI.create("https://example.com")),
                                1.5,
                                3),
                        new AgentConfig(
                                new ListenConfig(
                                        new InetSocketAddress("127.0.0.2", 1),
                                        Optional.of(new PemIdentity(Path.of("/c"), Path.of("/k"))),
                                        TrustedProxies.of(List.of("10.0.0.0/8", "::1"))),
                                true,
                                Duration.ofSeconds(60),
                                500,
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(20),
                                1000,
                                Duration.ofSeconds(4),
                                Duration.ofSeconds(3),
                                new AgentBounds(11, Duration.ofSeconds(12), 13, new RefusedCredentials.Limit(14, 0.5)),
                                new AccessConfig(Duration.ofSeconds(15), Duration.ofSeconds(16)),
                                new AuditConfig(true, Optional.of(Path.of("/audit")), 17),
                                Optional.of(new KubernetesApiConfig(
                                        plain("127.0.0.2", 2),
                                        "/k8s-proxy/",
                                        Duration.ofSeconds(2),
                                        Duration.ofSeconds(7),
                                        Duration.ofSeconds(9),
                                        Duration.ofSeconds(8),
                                        77))),
                        new ObservabilityKeys(
                                new ObservabilityConfig(new InetSocketAddress("127.0.0.2", 3), "/m", "/l", "/r"),
                                LogLevels.of(Level.DEBUG, Level.WARN)),
                        new ApiConfig(plain("127.0.0.2", 4), Path.of("/a"), Duration.ofSeconds(30))));
    }

    @Test
    void namesUnknownKeysAndTheNearestOfThoseItKnows() {
        assertThatThrownBy(() -> load(LEAST + """
                        agent:
                          listen: {adress: "127.0.0.1:1", network: unix, key_file: /k}
                          kubernetes-api: {}
                        """))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("unknown key agent.listen.adress; did you mean agent.listen.address?")
                .hasMessageContaining("unknown key agent.kubernetes-api; did you mean agent.kubernetes_api?")
                .hasMessageContaining("network \"unix\" is not supported")
                .hasMessageContaining("certificate_file and key_file belong together");
    }

    @Test
    void takesAFileOfGitLabsWithAWarningForEachKeyThatChangesNothing() throws IOException {
        LoadedConfig<KasConfig> loaded = load(LEAST + """
                private_api: {listen: {address: "127.0.0.1:8155"}}
                gitaly: {}
                observability: {sentry: {dsn: x}}
                """);

        assertThat(loaded.warnings())
                .hasSize(3)
                .anyMatch(warning -> warning.contains("private_api changes nothing")
                        && warning.contains("without redis this kas is the only one"));
        assertThat(loaded.value().several()).isEmpty();
    }

    @Test
    void isOneOfSeveralWithARegistry() throws IOException {
        String file = LEAST + """
                redis: {server: {address: "redis.example.com:6380"}, password_file: /p, pool_size: 5, tls: {enabled: true}}
                private_api: {listen: {address: "0.0.0.0:8155", authentication_secret_file: /private-secret}}
                """;
        LoadedConfig<KasConfig> loaded = load(file, Map.of("OWN_PRIVATE_API_URL", "grpc://10.0.0.7:8155"));

        SeveralConfig several = loaded.value().several().orElseThrow();
        assertThat(loaded.warnings()).singleElement().asString().contains("pool_size changes nothing");
        assertThat(several.registry().host()).isEqualTo("redis.example.com");
        assertThat(several.registry().port()).isEqualTo(6380);
        assertThat(several.registry().keyPrefix()).isEqualTo("gitlab-kas");
        assertThat(several.registry().passwordFile()).contains(Path.of("/p"));
        assertThat(several.registry().tls()).isPresent();
        assertThat(several.secretFile()).isEqualTo(Path.of("/private-secret"));
        assertThat(several.ownUrl()).contains(URI.create("grpc://10.0.0.7:8155"));
        assertThatThrownBy(() -> load(file))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("set OWN_PRIVATE_API_URL");
        assertThatThrownBy(() -> load(file, Map.of("OWN_PRIVATE_API_URL", "http://10.0.0.7")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("must be as grpc://10.0.0.7:8155");
    }

    @Test
    void saysWhatARegistryNeedsBesides() {
        assertThatThrownBy(() -> load(LEAST + """
                        redis: {sentinel: {master_name: m}, network: unix}
                        """))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("Sentinel is not supported yet")
                .hasMessageContaining("only tcp is supported")
                .hasMessageContaining("private_api.listen.authentication_secret_file");
    }

    private static ListenConfig plain(String host, int port) {
        return ListenConfig.plain(new InetSocketAddress(host, port));
    }

    private LoadedConfig<KasConfig> load(String text, Map<String, String> environment) throws IOException {
        Path file = Files.writeString(folder.resolve("kas.yaml"), text);
        return ConfigLoader.load(
                ConfigInput.of(Optional.of(file), new Environment(Map.of())),
                root -> KasConfig.read(root, new Environment(environment)));
    }

    private LoadedConfig<KasConfig> load(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("kas.yaml"), text);
        return ConfigLoader.load(ConfigInput.of(Optional.of(file), new Environment(Map.of())), KasConfig::read);
    }
}
