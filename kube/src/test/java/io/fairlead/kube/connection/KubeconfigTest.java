package io.fairlead.kube.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.base.error.FairleadException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubeconfigTest {
    private static final String CONFIG = """
            apiVersion: v1
            kind: Config
            current-context: one
            clusters:
            - name: c1
              cluster:
                server: https://127.0.0.1:6443/base/
                certificate-authority-data: Q0E=
            - name: c2
              cluster:
                server: https://example.com
                certificate-authority: ca.pem
                tls-server-name: other.example.com
            contexts:
            - name: one
              context: {cluster: c1, user: certificate, namespace: team}
            - name: two
              context: {cluster: c2, user: token}
            - name: three
              context: {cluster: c2, user: program}
            users:
            - name: certificate
              user: {client-certificate-data: Q0VSVA==, client-key-data: S0VZ}
            - name: token
              user: {token: secret-token}
            - name: program
              user: {exec: {command: login}}
            """;

    @TempDir
    Path folder;

    private Path file = Path.of("unset");

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(folder.resolve("config"), CONFIG);
        Files.writeString(folder.resolve("ca.pem"), "CA-FILE");
    }

    @Test
    void readsTheCurrentContextWithInlineData() {
        assertThat(Kubeconfig.connection(file, Optional.empty()))
                .isEqualTo(new KubeConnection(
                        URI.create("https://127.0.0.1:6443/base"),
                        Optional.of("CA"),
                        false,
                        Optional.empty(),
                        new KubeCredentials.Certificate("CERT", "KEY"),
                        "team"));
    }

    @Test
    void readsANamedContextWithFilesBesideIt() {
        KubeConnection connection = Kubeconfig.connection(file, Optional.of("two"));

        assertThat(connection.certificateAuthority()).contains("CA-FILE");
        assertThat(connection.tlsServerName()).contains("other.example.com");
        assertThat(connection.credentials()).isEqualTo(new KubeCredentials.Token("secret-token"));
        assertThat(connection.toString()).doesNotContain("secret-token");
    }

    @Test
    void refusesCredentialsThatAProgramMakes() {
        assertThatThrownBy(() -> Kubeconfig.connection(file, Optional.of("three")))
                .isInstanceOf(FairleadException.class)
                .hasMessageContaining("kind exec");
    }

    @Test
    void namesTheContextsThatThereAre() {
        assertThatThrownBy(() -> Kubeconfig.connection(file, Optional.of("four")))
                .hasMessageContaining("there is no context \"four\" in it; there are [one, three, two]");
    }
}
