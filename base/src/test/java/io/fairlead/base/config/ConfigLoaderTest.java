package io.fairlead.base.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.base.env.Environment;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {
    private enum Level {
        INFO,
        DEBUG
    }

    private record Listen(InetSocketAddress address, boolean websocket, Duration age, Optional<Path> certificate) {
        static Listen read(ConfigSection section) {
            section.unused("network", "only tcp is supported");
            return new Listen(
                    section.address("address", "127.0.0.1:8150"),
                    section.bool("websocket", false),
                    section.duration("max_connection_age", Duration.ofHours(2), Duration.ofSeconds(1)),
                    section.path("certificate_file", false));
        }
    }

    private record Sample(Listen listen, Optional<URI> url, int size, List<String> names, Level level, boolean proxy) {
        static Sample read(ConfigSection root) {
            ConfigSection proxy = root.section("proxy");
            proxy.string("prefix", "/");
            return new Sample(
                    Listen.read(root.section("listen")),
                    root.url("url", Set.of("http", "https")),
                    root.integer("size", 7, 1, 100),
                    root.strings("names"),
                    root.choice("level", Level.INFO),
                    proxy.present());
        }
    }

    @TempDir
    Path folder;

    @Test
    void hasTheDefaultsWithoutAFile() {
        LoadedConfig<Sample> loaded = load(Optional.empty(), Map.of());

        Listen listen =
                new Listen(new InetSocketAddress("127.0.0.1", 8150), false, Duration.ofHours(2), Optional.empty());
        assertThat(loaded.value()).isEqualTo(new Sample(listen, Optional.empty(), 7, List.of(), Level.INFO, false));
        assertThat(loaded.warnings()).isEmpty();
        assertThat(loaded.entries())
                .contains(new ConfigEntry("listen.max_connection_age", "7200s", new ConfigOrigin.Default()));
    }

    @Test
    void mapsEveryKey() throws IOException {
        LoadedConfig<Sample> loaded = load(file("""
                listen:
                  network: tcp
                  address: ":1"
                  websocket: true
                  max_connection_age: 1m30s
                  certificate_file: /tls.crt
                url: https://example.com
                size: 8
                names: [a, b]
                level: debug
                proxy: {}
                """), Map.of());

        Listen listen =
                new Listen(new InetSocketAddress(1), true, Duration.ofSeconds(90), Optional.of(Path.of("/tls.crt")));
        assertThat(loaded.value())
                .isEqualTo(new Sample(
                        listen,
                        Optional.of(URI.create("https://example.com")),
                        8,
                        List.of("a", "b"),
                        Level.DEBUG,
                        true));
        assertThat(loaded.warnings()).singleElement().asString().contains(":2:3: listen.network changes nothing");
    }

    @Test
    void tellsEveryMistakeWithItsPlaceAtOnce() {
        assertThatThrownBy(() -> load(file("""
                        lisen:
                          address: x
                        listen:
                          adress: 127.0.0.1:1
                          max_connection_age: soon
                          websocket: maybe
                        size: 101
                        size: 3
                        level: loud
                        url: ftp://example.com
                        names: one
                        """), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("the configuration has 9 errors:")
                .hasMessageContaining("c.yaml:1:1: unknown key lisen; did you mean listen?")
                .hasMessageContaining("c.yaml:4:3: unknown key listen.adress; did you mean listen.address?")
                .hasMessageContaining(
                        "c.yaml:5:23: listen.max_connection_age must be a duration such as 300s or 5m of at least 1s,"
                                + " but is \"soon\"")
                .hasMessageContaining("c.yaml:8:1: size is set twice")
                .hasMessageContaining("level must be one of info, debug, but is \"loud\"")
                .hasMessageContaining("1) ")
                .hasMessageContaining("9) ");
    }

    @Test
    void namesTheLineOfBrokenYaml() {
        assertThatThrownBy(() -> load(file("a: [1\nb: 2\n"), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("c.yaml:2:");
    }

    @Test
    void tellsThatTheFileIsMissing() {
        assertThatThrownBy(() -> load(Optional.of(folder.resolve("absent.yaml")), Map.of()))
                .hasMessageContaining("there is no configuration file");
    }

    @Test
    void letsTheEnvironmentWinOverTheFileAndAFlagOverBoth() throws IOException {
        Optional<Path> file = file("size: 8\nlisten: {websocket: false}\n");
        Environment environment = new Environment(
                Map.of("FAIRLEAD_SIZE", "9", "FAIRLEAD_LISTEN_WEBSOCKET", "true", "FAIRLEAD_NAMES", "x, y"));
        ConfigInput input =
                new ConfigInput(file, environment, Map.of("size", new ConfigInput.Flag("--size", "10")), Set.of());

        LoadedConfig<Sample> loaded = ConfigLoader.load(input, Sample::read);

        assertThat(loaded.value().size()).isEqualTo(10);
        assertThat(loaded.value().listen().websocket()).isTrue();
        assertThat(loaded.value().names()).containsExactly("x", "y");
        assertThat(loaded.entries()).contains(new ConfigEntry("size", "10", new ConfigOrigin.Flag("--size")));
    }

    @Test
    void warnsOfAVariableThatSetsNothing() {
        LoadedConfig<Sample> loaded = load(Optional.empty(), Map.of("FAIRLEAD_SISE", "9", "HOME", "/"));

        assertThat(loaded.warnings())
                .containsExactly("environment variable FAIRLEAD_SISE sets nothing here; did you mean FAIRLEAD_SIZE?");
    }

    private Optional<Path> file(String text) throws IOException {
        return Optional.of(Files.writeString(folder.resolve("c.yaml"), text));
    }

    private static LoadedConfig<Sample> load(Optional<Path> file, Map<String, String> variables) {
        return ConfigLoader.load(ConfigInput.of(file, new Environment(variables)), Sample::read);
    }
}
