package io.fairlead.forge.backup;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Consumer;

/** Says how far work has come once it takes longer than a second, then less and less often. */
public final class Progress {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration GAP_MAX = Duration.ofSeconds(30);

    private final Consumer<String> say;
    private final InstantSource clock;
    private Duration gap = FIRST;
    private Instant next;
    private long bytes;
    private long files;

    public Progress(Consumer<String> say, InstantSource clock) {
        this.say = say;
        this.clock = clock;
        this.next = clock.instant().plus(FIRST);
    }

    /** Says something at once. */
    void say(String text) {
        say.accept(text);
    }

    void file() {
        files++;
    }

    void bytes(long count) {
        bytes += count;
        if (clock.instant().isBefore(next)) {
            return;
        }
        say.accept(files + " files, " + megabytes(bytes));
        gap = gap.multipliedBy(2).compareTo(GAP_MAX) > 0 ? GAP_MAX : gap.multipliedBy(2);
        next = clock.instant().plus(gap);
    }

    /** For people. */
    public static String megabytes(long bytes) {
        return bytes < 10_000_000 ? bytes / 1_000 + " kB" : bytes / 1_000_000 + " MB";
    }
}
