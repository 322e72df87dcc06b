package io.fairlead.wire.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.base.error.FairleadException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyRulesTest {
    private static final ProxyRules RULES = ProxyRules.of(Map.of(
            "HTTP_PROXY", "http://plain:3128",
            "https_proxy", "http://me:hunter2@secure:3129",
            "NO_PROXY", "internal, .corp.example ,10.0.0.7, host.example:8443"));

    @ParameterizedTest
    @CsvSource({
        "ws://kas/, plain:3128",
        "wss://kas/, secure:3129",
        "grpc://kas, ''",
        "grpcs://kas, ''",
        "wss://internal/, ''",
        "wss://a.internal/, ''",
        "wss://kas.corp.example/, ''",
        "wss://corp.example/, secure:3129",
        "wss://10.0.0.7/, ''",
        "wss://host.example:8443/, ''",
        "wss://host.example/, secure:3129",
        "ws://localhost:8080/, ''",
        "ws://127.0.0.1/, ''",
    })
    void choosesAsTheEnvironmentSays(String address, String proxy) {
        assertThat(RULES.proxyFor(KasAddress.parse(address))
                        .map(ProxyRules.HttpProxy::toString)
                        .orElse(""))
                .isEqualTo(proxy);
    }

    @Test
    void readsUserAndPasswordAndShowsNeither() {
        ProxyRules.HttpProxy proxy =
                RULES.proxyFor(KasAddress.parse("wss://kas")).orElseThrow();
        assertThat(proxy.user()).isEqualTo(Optional.of("me"));
        assertThat(proxy.password()).isEqualTo(Optional.of("hunter2"));
        assertThat(RULES.toString()).doesNotContain("hunter2");
    }

    @Test
    void exemptsAllWithAStar() {
        ProxyRules rules = ProxyRules.of(Map.of("HTTPS_PROXY", "proxy:3128", "no_proxy", "*"));
        assertThat(rules.proxyFor(KasAddress.parse("wss://kas"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"socks5://me:hunter2@proxy:1080", "http://", "::hunter2::"})
    void refusesWhatIsNotAnHttpProxyWithoutRepeatingIt(String value) {
        assertThatThrownBy(() -> ProxyRules.of(Map.of("HTTPS_PROXY", value)))
                .isInstanceOf(FairleadException.class)
                .hasMessageNotContaining("hunter2");
    }
}
