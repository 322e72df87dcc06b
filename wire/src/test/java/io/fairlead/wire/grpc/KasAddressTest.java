package io.fairlead.wire.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.base.error.FairleadException;
import io.fairlead.testing.property.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Forty ways to write where kas is: each works or is told the right one. */
class KasAddressTest {
    @ParameterizedTest
    @CsvSource({
        "grpc://kas, grpc://kas, 80",
        "grpc://kas:8150, grpc://kas:8150, 8150",
        "grpc://kas:8150/, grpc://kas:8150, 8150",
        "grpcs://kas.gitlab.com, grpcs://kas.gitlab.com, 443",
        "grpcs://kas.gitlab.com:443, grpcs://kas.gitlab.com, 443",
        "grpcs://KAS.GitLab.com, grpcs://kas.gitlab.com, 443",
        "GRPCS://kas.gitlab.com//, grpcs://kas.gitlab.com, 443",
        "ws://kas, ws://kas/, 80",
        "ws://kas:80/, ws://kas/, 80",
        "wss://kas.gitlab.com, wss://kas.gitlab.com/, 443",
        "wss://kas.gitlab.com/, wss://kas.gitlab.com/, 443",
        "WSS://kas.gitlab.com:8443, wss://kas.gitlab.com:8443/, 8443",
        "wss://gitlab.example.com/-/kubernetes-agent/, wss://gitlab.example.com/-/kubernetes-agent/, 443",
        "wss://gitlab.example.com/-/kubernetes-agent, wss://gitlab.example.com/-/kubernetes-agent/, 443",
        "wss://example.com/git/-/kubernetes-agent, wss://example.com/git/-/kubernetes-agent/, 443",
        "wss://example.com/kas, wss://example.com/kas, 443",
        "https://gitlab.example.com/-/kubernetes-agent/, wss://gitlab.example.com/-/kubernetes-agent/, 443",
        "https://kas.example.com:8443, wss://kas.example.com:8443/, 8443",
        "http://127.0.0.1:8080/-/kubernetes-agent, ws://127.0.0.1:8080/-/kubernetes-agent/, 8080",
        "HTTP://kas, ws://kas/, 80",
        "'  wss://kas.example.com/  ', wss://kas.example.com/, 443",
        "grpc://10.0.0.1:8150, grpc://10.0.0.1:8150, 8150",
        "grpc://[::1]:8150, grpc://[::1]:8150, 8150",
        "wss://[2001:DB8::1]/, wss://[2001:db8::1]/, 443",
        "grpc://kas.my-namespace.svc.cluster.local.:8150, grpc://kas.my-namespace.svc.cluster.local.:8150, 8150",
        "wss://b\u00fccher.example, wss://xn--bcher-kva.example/, 443",
        "wss://kas/a%20b/, wss://kas/a%20b/, 443",
    })
    void takesWhatHasOneMeaning(String written, String meant, int port) {
        KasAddress address = KasAddress.parse(written);
        assertThat(address).hasToString(meant);
        assertThat(address.port()).isEqualTo(port);
        assertThat(KasAddress.parse(meant)).isEqualTo(address);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | write for example wss://kas.example.com/",
                "kas.example.com | write wss://kas.example.com for WebSocket",
                "kas.example.com:8150 | or grpcs://kas.example.com:8150 for gRPC",
                "//kas.example.com/ | write wss://kas.example.com/",
                "localhost:8150/ | write wss://localhost:8150/",
                "wss:kas.example.com | write wss://kas.example.com",
                "wss:/kas.example.com | write wss://kas.example.com",
                "wss:///kas.example.com | write wss://kas.example.com",
                "wss:\\\\kas.example.com | write wss://kas.example.com",
                "wws://kas | perhaps wss://kas",
                "tcp://kas:8150 | perhaps grpc://kas:8150",
                "grpc+tls://kas | perhaps grpcs://kas",
                "unix:///run/kas | use grpc, grpcs, ws or wss",
                "wss:// | write wss://kas.example.com",
                "wss://:443/ | has no host",
                "wss://kas:/ | a port is a number from 1 to 65535",
                "wss://kas:0/ | a port is a number from 1 to 65535",
                "wss://kas:65536/ | a port is a number from 1 to 65535",
                "wss://kas:https/ | a port is a number from 1 to 65535",
                "wss://2001:db8::1/ | a port is a number",
                "wss://[kas]/ | has no IPv6 address",
                "wss://[ | has no IPv6 address",
                "wss://[::1x/ | has no IPv6 address",
                "wss://kas example/ | has no usable host",
                "wss://-kas/ | has no usable host",
                "grpc://my_kas:8150 | give kas a name without one",
                "wss://kas/a b | percent-encoded",
                "grpcs://gitlab.example.com/-/kubernetes-agent/ | write wss://gitlab.example.com/-/kubernetes-agent/",
                "grpc://kas:8150/path | write ws://kas:8150/path",
            })
    void saysTheRightSpellingOfWhatItCannotTake(String written, String fix) {
        assertThatThrownBy(() -> KasAddress.parse(written))
                .isInstanceOf(FairleadException.class)
                .hasMessageContaining("the kas address")
                .hasMessageContaining(fix)
                .extracting(e -> ((FairleadException) e).code())
                .isEqualTo("kas-address.unusable");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "wss://user:hunter2@kas.example.com/",
                "wss://kas/?token=hunter2",
                "wss://kas/#hunter2?",
                "kas/?token=hunter2",
                "ftp://me:hunter2@kas/",
                "wss:/me:hunter2@kas/",
            })
    void doesNotRepeatWhatMayBeASecret(String written) {
        assertThatThrownBy(() -> KasAddress.parse(written))
                .isInstanceOf(FairleadException.class)
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void answersAnythingWithAnAddressOrAnExplanation() {
        Property.holds(2_000, any -> {
            String text = any.of("", "", "ws://", "wss://kas", "grpc://", "grpcs://kas:") + any.text();
            try {
                KasAddress address = KasAddress.parse(text);
                assertThat(KasAddress.parse(address.toString())).isEqualTo(address);
            } catch (FairleadException e) {
                assertThat(e).hasMessageStartingWith("the kas address");
            }
        });
    }
}
