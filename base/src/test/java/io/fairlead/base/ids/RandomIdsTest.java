package io.fairlead.base.ids;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class RandomIdsTest {
    @Property(tries = 200)
    void makesPositiveNumbers(@ForAll long seed) {
        assertThat(new RandomIds(new Random(seed)).positiveLong()).isPositive();
    }

    @Test
    void makesSecretsOfTheWantedLength() {
        assertThat(Base64.getDecoder().decode(RandomIds.secure().base64Secret(32)))
                .hasSize(32);
        assertThat(RandomIds.secure().urlSafe(32)).matches("[A-Za-z0-9_-]{43}");
    }
}
