package io.fairlead.gitlab.gitaly;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.testing.property.Property;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class GitalyTokenTest {
    private static Clock at(long seconds) {
        return Clock.fixed(Instant.ofEpochSecond(1_795_403_482L + seconds), ZoneOffset.UTC);
    }

    @Test
    void hasTheKnownForm() {
        // Checked with: printf 1795403482 | openssl dgst -sha256 -hmac secret
        assertThat(GitalyToken.sign("secret", at(0)))
                .matches("v2\\.[0-9a-f]{64}\\.1795403482")
                .isEqualTo("v2.bd13822027eae43e3969a491e570421a36fd42185306c78a95adf3146f8ae84a.1795403482");
    }

    @Test
    void acceptsThirtySecondsOfDifferenceEitherWay() {
        String token = GitalyToken.sign("secret", at(0));
        assertThat(GitalyToken.verify(token, "secret", at(30))).isTrue();
        assertThat(GitalyToken.verify(token, "secret", at(-30))).isTrue();
        assertThat(GitalyToken.verify(token, "secret", at(31))).isFalse();
        assertThat(GitalyToken.verify(token, "secret", at(-31))).isFalse();
    }

    @Test
    void refusesAnotherSecretAndAMovedTime() {
        String token = GitalyToken.sign("secret", at(0));
        assertThat(GitalyToken.verify(token, "Secret", at(0))).isFalse();
        assertThat(GitalyToken.verify(token.replace("1795403482", "1795403483"), "secret", at(0)))
                .isFalse();
    }

    @Test
    void refusesAnythingElseWithoutFailing() {
        Property.holds(200, any -> {
            String text = any.text();
            assertThat(GitalyToken.verify(text, "secret", at(0))).isFalse();
            assertThat(GitalyToken.verify("v2." + text + ".1795403482", "secret", at(0)))
                    .isFalse();
        });
    }
}
