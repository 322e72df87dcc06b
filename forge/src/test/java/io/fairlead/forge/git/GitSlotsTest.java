package io.fairlead.forge.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.forge.api.ApiError;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class GitSlotsTest {
    @Test
    void sendsAwayWhoFindsNoSlotInTimeAndGivesBackWhatWasTaken() {
        GitSlots slots = new GitSlots(1, Duration.ofMillis(1));
        try (GitSlots.Slot _ = slots.take("a")) {
            assertThatThrownBy(() -> slots.take("b")).isInstanceOfSatisfying(ApiError.class, e -> {
                assertThat(e.reply().status()).isEqualTo(503);
                assertThat(e.reply().headers()).containsKey("Retry-After");
            });
        }
        slots.take("a").close();
        slots.take("a").close();
    }

    @Test
    void oneClientHasHalfOfThem() {
        GitSlots slots = new GitSlots(4, Duration.ofMillis(1));
        GitSlots.Slot first = slots.take("a");
        slots.take("a");
        assertThatThrownBy(() -> slots.take("a")).isInstanceOf(ApiError.class);
        slots.take("b").close();
        first.close();
        slots.take("a").close();
    }
}
