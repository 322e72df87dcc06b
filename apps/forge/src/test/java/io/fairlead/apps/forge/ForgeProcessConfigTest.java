package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.base.config.ConfigException;
import io.fairlead.base.env.Environment;
import io.fairlead.base.net.TrustedProxies;
import io.fairlead.store.postgresql.PostgresqlConfig;
import io.fairlead.store.postgresql.SslMode;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ForgeProcessConfigTest {
    @TempDir
    Path folder;

    private static ForgeProcessConfig load(Map<String, String> environment, String... arguments) {
        ForgeProcessOptions options = CommandLine.populateCommand(new ForgeProcessOptions(), arguments);
        return options.load(new Environment(environment)).value();
    }

    @Test
    void hasDefaultsForEverything() throws Exception {
        ForgeProcessConfig config = load(Map.of("XDG_DATA_HOME", "/data"));
        assertThat(config.dataDir()).isEqualTo(Path.of("/data/fairlead"));
        assertThat(config.http().listen()).isEqualTo(new InetSocketAddress("127.0.0.1", 8080));
        assertThat(config.gitaly()).isEqualTo(new InetSocketAddress("127.0.0.1", 8075));
        assertThat(config.kasApi()).isEqualTo(new InetSocketAddress("127.0.0.1", 8153));
        assertThat(config.observability().listener().address()).isEqualTo(new InetSocketAddress("127.0.0.1", 8152));

        ForgeConfig told = config.forge();
        assertThat(told.externalUrl()).isEqualTo(URI.create("http://127.0.0.1:8080"));
        assertThat(told.kas().url()).isEqualTo(URI.create("ws://127.0.0.1:8080/-/kubernetes-agent/"));
        assertThat(told.kas().proxyUrl()).isEqualTo(URI.create("http://127.0.0.1:8080/-/kubernetes-agent/k8s-proxy/"));
        assertThat(told.kas().apiAddress()).contains(config.kasApi());
    }

    @Test
    void putsKasBelowAnExternalUrlWithASlashAtItsEnd() throws Exception {
        ForgeConfig told =
                load(Map.of("FAIRLEAD_EXTERNAL_URL", "HTTPS://example.com/")).forge();

        assertThat(told.externalUrl()).isEqualTo(URI.create("HTTPS://example.com"));
        assertThat(told.kas().url()).isEqualTo(URI.create("wss://example.com/-/kubernetes-agent/"));
        assertThat(told.kas().proxyUrl()).isEqualTo(URI.create("https://example.com/-/kubernetes-agent/k8s-proxy/"));
    }

    @Test
    void mapsEveryKey() throws Exception {
        Path file = Files.writeString(folder.resolve("forge.yaml"), """
                data_dir: /d
                http: {address: "127.0.0.2:1", trusted_proxies: [10.0.0.0/8]}
                external_url: https://git.example.com
                ssh: {address: "0.0.0.0:5", external_address: "10.0.0.1:22"}
                gitaly: {address: "0.0.0.0:2", external_address: "127.0.0.3:2"}
                kas:
                  url: wss://kas.example.com/
                  k8s_proxy_url: https://kas.example.com/k8s/
                  api_address: "127.0.0.4:3"
                  authentication_secret_file: /s
                observability: {listen: {address: "127.0.0.2:4"}}
                """);
        ForgeProcessConfig config = load(Map.of(), "--configuration-file", file.toString());
        assertThat(config.dataDir()).isEqualTo(Path.of("/d"));
        assertThat(config.http().listen()).isEqualTo(new InetSocketAddress("127.0.0.2", 1));
        assertThat(config.forge().http().trustedProxies()).isEqualTo(TrustedProxies.of(List.of("10.0.0.0/8")));
        assertThat(config.gitaly()).isEqualTo(new InetSocketAddress("0.0.0.0", 2));
        assertThat(config.ssh().listen()).isEqualTo(new InetSocketAddress("0.0.0.0", 5));
        assertThat(config.ssh().external()).contains(new InetSocketAddress("10.0.0.1", 22));
        assertThat(config.gitalyExternal()).contains(new InetSocketAddress("127.0.0.3", 2));
        assertThat(config.externalUrl()).contains(URI.create("https://git.example.com"));
        assertThat(config.kasUrl()).contains(URI.create("wss://kas.example.com/"));
        assertThat(config.k8sProxyUrl()).contains(URI.create("https://kas.example.com/k8s/"));
        assertThat(config.kasApi()).isEqualTo(new InetSocketAddress("127.0.0.4", 3));
        assertThat(config.kasSecretFile()).contains(Path.of("/s"));
        assertThat(config.observability().listener().address()).isEqualTo(new InetSocketAddress("127.0.0.2", 4));
    }

    @Test
    void letsOptionsWin() throws Exception {
        ForgeProcessConfig config = load(
                Map.of("FAIRLEAD_DATA_DIR", "/e", "FAIRLEAD_KAS_API_ADDRESS", "127.0.0.1:1", "FAIRLEAD_TOKEN", "x"),
                "--data-dir=/f",
                "--listen-host=::1",
                "--gitaly-port=0",
                "--kas-url=grpcs://kas.example.com",
                "--kas-secret-file=/s");
        assertThat(config.dataDir()).isEqualTo(Path.of("/f"));
        assertThat(config.http().listen()).isEqualTo(new InetSocketAddress("::1", 8080));
        assertThat(config.gitaly()).isEqualTo(new InetSocketAddress("::1", 0));
        assertThat(config.kasApi()).isEqualTo(new InetSocketAddress("127.0.0.1", 1));
        assertThat(config.forge().kas().proxyUrl()).isEqualTo(URI.create("https://kas.example.com/k8s-proxy/"));
        assertThat(config.kasSecretFile()).contains(Path.of("/s"));
    }

    @Test
    void keepsEverythingInTheFolderUnlessToldOtherwise() throws Exception {
        assertThat(load(Map.of()).database()).isEqualTo(new DatabaseKeys.Sqlite());
        assertThat(load(Map.of()).forge().database()).isEqualTo(new DatabaseKeys.Sqlite());
    }

    @Test
    void mapsTheKeysOfADatabaseServer() throws Exception {
        Path file = Files.writeString(folder.resolve("forge.yaml"), """
                database:
                  adapter: postgresql
                  host: db.example.com
                  port: 6432
                  database: forge_production
                  username: forge
                  password_file: /run/secrets/db
                  sslmode: verify-ca
                  sslrootcert: /etc/db.crt
                  pool: 25
                """);
        ForgeProcessConfig config = load(Map.of(), "-c", file.toString());
        assertThat(config.forge().database())
                .isEqualTo(new DatabaseKeys.Postgresql(new PostgresqlConfig(
                        "db.example.com",
                        6432,
                        "forge_production",
                        "forge",
                        Optional.of(Path.of("/run/secrets/db")),
                        SslMode.VERIFY_CA,
                        Optional.of(Path.of("/etc/db.crt")),
                        25)));
    }

    @Test
    void demandsProofOfADatabaseServerOnAnotherMachine() throws Exception {
        assertThat(server(load(Map.of(), "--database-host=db.example.com")).sslMode())
                .isEqualTo(SslMode.VERIFY_FULL);
        assertThat(server(load(Map.of("FAIRLEAD_DATABASE_ADAPTER", "postgresql")))
                        .sslMode())
                .isEqualTo(SslMode.PREFER);
        PostgresqlConfig flags = server(load(
                Map.of("FAIRLEAD_DATABASE_PORT", "6432"),
                "--database-host=::1",
                "--database-password-file=/run/secrets/db"));
        assertThat(flags.place()).isEqualTo("fairlead at [::1]:6432");
        assertThat(flags.passwordFile()).contains(Path.of("/run/secrets/db"));
    }

    private static PostgresqlConfig server(ForgeProcessConfig config) {
        return ((DatabaseKeys.Postgresql) config.database()).config();
    }

    @Test
    void tellsMistakesAboutTheDatabase() throws Exception {
        Path file = Files.writeString(
                folder.resolve("forge.yaml"), "database: {host: db, password: geheim, sslmode: on, adapter: mysql}\n");
        assertThatThrownBy(() -> load(Map.of(), "-c", file.toString()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("database.adapter must be one of sqlite, postgresql, but is \"mysql\"")
                .hasMessageContaining("database.host has no effect while database.adapter is sqlite")
                .hasMessageContaining(
                        "database.sslmode must be one of disable, prefer, require, verify-ca, verify-full")
                .hasMessageContaining("unknown key database.password")
                .hasMessageNotContaining("geheim");
    }

    @Test
    void tellsAllMistakesAtOnce() throws Exception {
        Path file = Files.writeString(
                folder.resolve("forge.yaml"), "gitaly: {external_address: here}\nkas: {url: ftp://x, urll: 1}\n");
        assertThatThrownBy(() -> load(Map.of(), "-c", file.toString()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("external_address must be an address")
                .hasMessageContaining("kas.url must be a URL")
                .hasMessageContaining("unknown key kas.urll; did you mean kas.url?");
    }
}
