package io.fairlead.gitlab.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.base.time.Scheduler;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RequestLimitTest {
    private long now;
    private final RequestLimit limit = new RequestLimit(10, 3, new Scheduler() {
        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public Scheduled schedule(Duration delay, Runnable task) {
            throw new AssertionError("a limit plans nothing");
        }
    });

    private Duration reserve() {
        return limit.reserve(Duration.ofSeconds(1));
    }

    @Test
    void letsABucketfulThroughAndSpacesTheRest() {
        assertThat(reserve()).isZero();
        assertThat(reserve()).isZero();
        assertThat(reserve()).isZero();
        assertThat(reserve()).isEqualTo(Duration.ofMillis(100));
        assertThat(reserve()).isEqualTo(Duration.ofMillis(200));
        now = Duration.ofMillis(300).toNanos();
        assertThat(reserve()).isZero();
    }

    @Test
    void refusesWhoWouldWaitTooLongWithoutTakingAPlace() {
        for (int i = 0; i < 13; i++) {
            assertThat(reserve()).isGreaterThanOrEqualTo(Duration.ZERO);
        }
        assertThat(reserve()).isNegative();
        assertThat(reserve()).isNegative();
        now = Duration.ofMillis(100).toNanos();
        assertThat(reserve()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void doesNotSaveUpMoreThanABucketful() {
        now = Duration.ofHours(1).toNanos();
        for (int i = 0; i < 3; i++) {
            assertThat(reserve()).isZero();
        }
        assertThat(reserve()).isPositive();
    }
}
