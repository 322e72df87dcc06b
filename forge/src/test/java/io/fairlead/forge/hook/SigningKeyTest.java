package io.fairlead.forge.hook;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SigningKeyTest {
    /** The example that the libraries of Standard Webhooks are tested with; its key is shorter than GitLab takes. */
    @Test
    void signsAsStandardWebhooksSays() {
        SigningKey key = new SigningKey("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

        assertThat(key.signature(
                        "msg_p5jXN8AQM9LWM0D4loKWxJek",
                        1614265330,
                        "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void aKeyHas32Bytes() {
        String good = "whsec_" + Base64.getEncoder().encodeToString(new byte[32]);

        assertThat(SigningKey.read(good)).contains(new SigningKey(good));
        assertThat(SigningKey.read(good).orElseThrow().toString()).doesNotContain("AAAA");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "whsec_", "whsec_AAAA", "sesame", "whsec_!!", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})
    void whatIsNoKeyIsRefused(String text) {
        assertThat(SigningKey.read(text)).isEmpty();
    }
}
