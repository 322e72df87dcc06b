package io.fairlead.forge.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class RateLimitTest {
    private Instant now = Instant.parse("2026-01-01T00:00:30Z");
    private final InstantSource clock = () -> now;
    private final RateLimit limit = new RateLimit(2, clock);

    @Test
    void eachCallerHasTheirOwnMinute() {
        assertThat(limit.take("a").exceeded()).isFalse();
        assertThat(limit.take("a").exceeded()).isFalse();
        RateLimit.Left over = limit.take("a");
        assertThat(over.exceeded()).isTrue();
        assertThat(limit.headers(over))
                .containsEntry("RateLimit-Limit", "2")
                .containsEntry("RateLimit-Remaining", "0")
                .containsEntry("RateLimit-Observed", "3")
                .containsEntry(
                        "RateLimit-Reset",
                        Long.toString(Instant.parse("2026-01-01T00:01:00Z").getEpochSecond()))
                .containsEntry("RateLimit-ResetTime", "Thu, 1 Jan 2026 00:01:00 GMT")
                .containsEntry("Retry-After", "30");
        assertThat(limit.take("b").exceeded()).isFalse();
        now = Instant.parse("2026-01-01T00:01:00Z");
        assertThat(limit.take("a").exceeded()).isFalse();
    }

    @Test
    void remembersNoMoreCallersThanItSays() {
        for (int i = 0; i < 20_001; i++) {
            limit.take("caller " + i);
        }
        assertThat(limit.take("caller 20000").observed()).isEqualTo(2);
        assertThat(limit.take("caller 0").observed()).isEqualTo(1);
    }
}
