package io.fairlead.forge.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.base.ids.RandomIds;
import org.junit.jupiter.api.Test;

class PasswordsTest {
    private final Passwords passwords = new Passwords(RandomIds.secure());

    @Test
    void matchesThePasswordItWasMadeFromAndNoOther() {
        String stored = passwords.hash("correct horse".toCharArray());
        assertThat(stored).startsWith("pbkdf2-sha512$600000$").doesNotContain("correct");
        assertThat(passwords.matches("correct horse".toCharArray(), stored)).isTrue();
        assertThat(passwords.matches("correct horsf".toCharArray(), stored)).isFalse();
        assertThat(passwords.matches("correct horse".toCharArray(), "md5$x")).isFalse();
    }
}
