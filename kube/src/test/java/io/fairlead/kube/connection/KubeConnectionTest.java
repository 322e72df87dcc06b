package io.fairlead.kube.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.base.error.FairleadException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KubeConnectionTest {
    private final KubeConnection connection = to("https://127.0.0.1:6443");

    @Test
    void leavesOutTheSlashAtTheServersEnd() {
        KubeConnection other = connection.withServer(KubeConnection.url("https://example.com:6443/"));

        assertThat(other.basePath()).isEmpty();
        assertThat(to("https://example.com/base//").basePath()).isEqualTo("/base");
    }

    @ParameterizedTest
    @ValueSource(strings = {"foo:6443", "foo", "//foo:6443", "tcp://foo:6443", "https:foo", "https://", "https://a b"})
    void refusesWhatIsNoUrlOfHttpAndNamesIt(String server) {
        assertThatThrownBy(() -> connection.withServer(KubeConnection.url(server)))
                .isInstanceOf(FairleadException.class)
                .hasMessageContaining("\"" + server + "\"")
                .extracting(error -> ((FairleadException) error).code())
                .isEqualTo("kube.address-malformed");
    }

    private static KubeConnection to(String server) {
        return new KubeConnection(
                KubeConnection.url(server),
                Optional.empty(),
                false,
                Optional.empty(),
                new KubeCredentials.None(),
                "default");
    }
}
