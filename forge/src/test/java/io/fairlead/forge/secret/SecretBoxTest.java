package io.fairlead.forge.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.ids.RandomIds;
import io.fairlead.testing.property.Property;
import org.junit.jupiter.api.Test;

class SecretBoxTest {
    private final RandomIds random = RandomIds.secure();
    private final SecretBox box = new SecretBox(random.base64Secret(32), random);

    @Test
    void opensWhatItSealedAndShowsNothingOfIt() {
        Property.holds(200, any -> {
            String text = any.text().replaceAll("[\\ud800-\\udfff]", "");
            String sealed = box.seal("a", text);
            assertThat(box.open("a", sealed)).isEqualTo(text);
            assertThat(box.seal("a", text)).as("another nonce").isNotEqualTo(sealed);
        });
        assertThat(box.seal("a", "hunter2hunter2")).doesNotContain("hunter2").startsWith("v1:");
    }

    @Test
    void opensNothingElse() {
        String sealed = box.seal("variable 1", "x");
        String another = new SecretBox(random.base64Secret(32), random).seal("variable 1", "x");
        String changed = sealed.substring(0, 10) + (sealed.charAt(10) == 'A' ? 'B' : 'A') + sealed.substring(11);
        for (String wrong : new String[] {another, changed, "x", "v1:AAAA", "v1:" + "A".repeat(40)}) {
            assertThatThrownBy(() -> box.open("variable 1", wrong)).as(wrong).isInstanceOf(RuntimeException.class);
        }
        assertThatThrownBy(() -> box.open("variable 2", sealed))
                .isInstanceOf(FairleadException.class)
                .hasMessageContaining("variable 2")
                .hasMessageContaining("database-key");
        assertThatThrownBy(() -> new SecretBox(random.base64Secret(16), random)).hasMessageContaining("16 bytes");
    }
}
