package io.fairlead.base.ids;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RandomIdsTest {
    @Test
    void makesPositiveNumbers() {
        for (long seed : new long[] {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            RandomIds ids = new RandomIds(new Random(seed));
            for (int i = 0; i < 200; i++) {
                assertThat(ids.positiveLong()).as("seed %s, number %s", seed, i).isPositive();
            }
        }
    }

    @Test
    void makesSecretsOfTheWantedLength() {
        assertThat(Base64.getDecoder().decode(RandomIds.secure().base64Secret(32)))
                .hasSize(32);
        assertThat(RandomIds.secure().urlSafe(32)).matches("[A-Za-z0-9_-]{43}");
    }
}
