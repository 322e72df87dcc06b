package io.fairlead.link.kubeapi.kas;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.wire.http.Headers;
import io.fairlead.wire.http.RequestHead;
import io.fairlead.wire.http.ResponseHead;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of one origin may use the proxy, and no others. */
class CorsTest {
    private static final Cors CORS = new Cors(Optional.of("https://gitlab.test"));

    private static RequestHead from(String... origins) {
        Headers headers = Headers.empty().add("Access-Control-Request-Headers", "X-Csrf-Token");
        for (String origin : origins) {
            headers.add("Origin", origin);
        }
        return new RequestHead("OPTIONS", "/", headers);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "",
                "http://gitlab.test",
                "https://gitlab.test:443",
                "https://gitlab.test/",
                "https://GITLAB.test",
                "https://gitlab.test.evil.test",
                "https://evil.test"
            })
    void refusesEveryOtherOrigin(String origin) {
        assertThat(CORS.allows(from(origin))).isFalse();
        assertThat(new Cors(Optional.empty()).allows(from(origin))).isFalse();
    }

    @Test
    void refusesTwoOriginsAndEveryOneWhenNoneIsConfigured() {
        assertThat(CORS.allows(from("https://gitlab.test", "https://gitlab.test")))
                .isFalse();
        assertThat(new Cors(Optional.empty()).allows(from("https://gitlab.test")))
                .isFalse();
    }

    @Test
    void saysSoToThePageThatMay() {
        assertThat(CORS.allows(from("https://gitlab.test"))).isTrue();
        ResponseHead answer = CORS.preflight(from("https://gitlab.test"));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers().first("Access-Control-Allow-Origin")).contains("https://gitlab.test");
        assertThat(answer.headers().first("Access-Control-Allow-Credentials")).contains("true");
        assertThat(answer.headers().first("Access-Control-Allow-Headers")).contains("X-Csrf-Token");
        assertThat(answer.headers().first("Access-Control-Max-Age")).contains("86400");
        assertThat(answer.headers().first("Vary")).contains("Origin");
    }

    @Test
    void saysNothingToWhatIsNoPage() {
        assertThat(CORS.allows(from())).isTrue();
        assertThat(CORS.preflight(from()).headers().contains("Access-Control-Allow-Origin"))
                .isFalse();
    }
}
