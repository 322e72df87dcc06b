package io.fairlead.forge.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.testing.property.Property;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FairSharesTest {
    private static int takenBy(FairShares shares, String client) {
        int count = 0;
        while (shares.take(client, 1)) {
            count++;
        }
        return count;
    }

    @Test
    void eachThatComesIsLeftLessAndFewCannotTakeAll() {
        FairShares shares = new FairShares(256, 4, 64);
        List<Integer> taken = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            taken.add(takenBy(shares, "client " + i));
        }
        assertThat(taken).containsExactly(64, 64, 43, 28, 19, 13, 8, 6);
    }

    @Test
    void aNewcomerHasTheLeastAsLongAsThereIsAny() {
        FairShares shares = new FairShares(10, 4, 10);
        assertThat(takenBy(shares, "first")).isEqualTo(4);
        assertThat(takenBy(shares, "second")).isEqualTo(4);
        assertThat(takenBy(shares, "third")).isEqualTo(2);
        assertThat(takenBy(shares, "fourth")).isZero();
    }

    @Test
    void whatIsGivenBackIsFreeAgain() {
        Property.holds(any -> {
            FairShares shares = new FairShares(100, 4, 50);
            for (int i = 0; i < 20; i++) {
                String client = any.joined(1, List.of("a", "b", "c"));
                if (shares.take(client, i)) {
                    shares.giveBack(client, i);
                }
            }
            assertThat(shares.takeUnbounded(100)).isTrue();
            shares.giveBackUnbounded(100);
            assertThat(shares.take("d", 50)).isTrue();
        });
    }
}
