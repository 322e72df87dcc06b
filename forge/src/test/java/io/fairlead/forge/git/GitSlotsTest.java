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
        try (GitSlots.Slot _ = slots.take()) {
            assertThatThrownBy(slots::take).isInstanceOfSatisfying(ApiError.class, e -> {
                assertThat(e.reply().status()).isEqualTo(503);
                assertThat(e.reply().headers()).containsKey("Retry-After");
            });
        }
        slots.take().close();
        slots.take().close();
    }
}
