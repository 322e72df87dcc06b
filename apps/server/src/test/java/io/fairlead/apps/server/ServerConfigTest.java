package io.fairlead.apps.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.base.config.ConfigException;
import io.fairlead.base.config.ConfigOrigin;
import io.fairlead.base.config.LoadedConfig;
import io.fairlead.base.env.Environment;
import io.fairlead.wire.tls.PemIdentity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ServerConfigTest {
    @TempDir
    Path folder;

    @Test
    void hasDefaultsForEverything() {
        ServerConfig config = load(Map.of("XDG_DATA_HOME", "/data")).value();

        assertThat(config.dataDir()).isEqualTo(Path.of("/data/fairlead"));
        assertThat(config.https().address()).isEqualTo(new InetSocketAddress("127.0.0.1", 8443));
        assertThat(config.http().address()).isEqualTo(new InetSocketAddress("127.0.0.1", 8080));
        assertThat(config.https().identity()).isEmpty();
        assertThat(config.names()).isEmpty();
        assertThat(config.ssh().listen()).isEqualTo(new InetSocketAddress("127.0.0.1", 2222));
        assertThat(config.ssh().external()).isEmpty();
        assertThat(config.externalUrl()).isEmpty();
        assertThat(config.agent().websocket()).isTrue();
        assertThat(config.agent().listen().address()).isEqualTo(new InetSocketAddress("127.0.0.1", 8150));
        assertThat(config.observability().listener().address()).isEqualTo(new InetSocketAddress("127.0.0.1", 8151));
    }

    @Test
    void mapsEveryKey() throws IOException {
        Path file = Files.writeString(folder.resolve("server.yaml"), """
                data_dir: /d
                https: {address: "127.0.0.2:1", certificate_file: /c, key_file: /k, names: [example.com, 10.0.0.1]}
                http: {address: "127.0.0.2:2"}
                ssh: {address: "127.0.0.2:5", external_address: "10.0.0.1:22"}
                external_url: https://example.com
                agent: {listen: {address: "127.0.0.2:3"}}
                observability: {listen: {address: "127.0.0.2:4"}}
                """);

        ServerConfig config =
                load(Map.of(), "--configuration-file", file.toString()).value();

        assertThat(config.dataDir()).isEqualTo(Path.of("/d"));
        assertThat(config.https().address()).isEqualTo(new InetSocketAddress("127.0.0.2", 1));
        assertThat(config.https().identity()).contains(new PemIdentity(Path.of("/c"), Path.of("/k")));
        assertThat(config.names()).containsExactly("example.com", "10.0.0.1");
        assertThat(config.http().address()).isEqualTo(new InetSocketAddress("127.0.0.2", 2));
        assertThat(config.ssh().listen()).isEqualTo(new InetSocketAddress("127.0.0.2", 5));
        assertThat(config.ssh().external()).contains(new InetSocketAddress("10.0.0.1", 22));
        assertThat(config.externalUrl()).contains(URI.create("https://example.com"));
        assertThat(config.agent().listen().address()).isEqualTo(new InetSocketAddress("127.0.0.2", 3));
        assertThat(config.observability().listener().address()).isEqualTo(new InetSocketAddress("127.0.0.2", 4));
    }

    @Test
    void takesAnExternalUrlWithASlashAtItsEndForTheOneWithout() {
        ServerConfig config =
                load(Map.of("FAIRLEAD_EXTERNAL_URL", "https://example.com/")).value();

        assertThat(config.externalUrl()).contains(URI.create("https://example.com"));
    }

    @Test
    void namesAnUnknownKeyAndTheNearest() throws IOException {
        Path file = Files.writeString(folder.resolve("server.yaml"), "htpps: {address: \"127.0.0.2:1\"}\n");

        assertThatThrownBy(() -> load(Map.of(), "--configuration-file", file.toString()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("unknown key htpps; did you mean https?");
    }

    @Test
    void letsOptionsWinAndSaysSo() {
        LoadedConfig<ServerConfig> loaded = load(
                Map.of("FAIRLEAD_DATA_DIR", "/e", "FAIRLEAD_TOKEN", "secret"),
                "--listen-host=10.215.0.1",
                "--https-port=0",
                "--tls-name=a",
                "--tls-name=b",
                "--data-dir=/f");

        assertThat(loaded.value().dataDir()).isEqualTo(Path.of("/f"));
        assertThat(loaded.value().https().address()).isEqualTo(new InetSocketAddress("10.215.0.1", 0));
        assertThat(loaded.value().http().address()).isEqualTo(new InetSocketAddress("10.215.0.1", 8080));
        assertThat(loaded.value().agent().listen().address()).isEqualTo(new InetSocketAddress("10.215.0.1", 8150));
        assertThat(loaded.value().names()).containsExactly("a", "b");
        assertThat(loaded.warnings()).isEmpty();
        assertThat(loaded.entries())
                .anyMatch(entry ->
                        entry.key().equals("data_dir") && entry.origin().equals(new ConfigOrigin.Flag("--data-dir")));
    }

    @Test
    void aPortThatIsNoneIsNamedByItsOption() {
        assertThatThrownBy(() -> load(Map.of(), "--https-port=99999"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("--https-port must be a port from 0 to 65535, but is 99999");
        assertThatThrownBy(() -> load(Map.of(), "--observability-port=-1"))
                .hasMessageContaining("--observability-port must be a port from 0 to 65535, but is -1");
    }

    private static LoadedConfig<ServerConfig> load(Map<String, String> environment, String... arguments) {
        ServerProcessOptions options = CommandLine.populateCommand(new ServerProcessOptions(), arguments);
        return options.load(new Environment(environment));
    }
}
