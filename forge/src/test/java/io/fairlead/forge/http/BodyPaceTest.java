package io.fairlead.forge.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.forge.http.BodyStream.Pace;
import org.junit.jupiter.api.Test;

class BodyPaceTest {
    private static final int MEBIBYTE = 1024 * 1024;
    private static final int HOUR = 3600;

    @Test
    void aSmallBodyMayDrip() {
        assertThat(Pace.of(MEBIBYTE).tooSlow(HOUR * 100, HOUR)).isFalse();
        assertThat(Pace.of(0).tooSlow(99, 31)).isTrue();
        assertThat(Pace.of(10).tooSlow(0, 30)).isFalse();
    }

    @Test
    void aLargeOneOrOneOfUnknownLengthMayNot() {
        for (long length : new long[] {MEBIBYTE + 1, -1, Long.MAX_VALUE}) {
            assertThat(Pace.of(length).tooSlow(HOUR * 100, HOUR))
                    .as("%s", length)
                    .isTrue();
            assertThat(Pace.of(length).tooSlow(HOUR * 8192, HOUR)).isFalse();
            assertThat(Pace.of(length).tooSlow(0, 60)).isFalse();
            assertThat(Pace.of(length).tooSlow(8191, 61)).isTrue();
        }
    }
}
