package io.fairlead.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** What the machine's processors have done, whoever asked for it. */
final class Processors {
    /** The kernel counts in hundredths of a second on every architecture we run on. */
    private static final double TICKS_PER_SECOND = 100;

    /** Of the columns of /proc/stat, those that are no work: idle and waiting for a disk. */
    private static final List<Integer> RESTING = List.of(3, 4);

    /** user, nice, system, idle, iowait, irq, softirq, steal; what follows is counted in those already. */
    private static final int COLUMNS = 8;

    private Processors() {}

    /** Busy time of all of them since the machine started, seconds. */
    static double busySeconds() {
        try {
            String[] columns =
                    Files.readAllLines(Path.of("/proc/stat")).getFirst().split(" +");
            long[] ticks = Arrays.stream(columns)
                    .skip(1)
                    .limit(COLUMNS)
                    .mapToLong(Long::parseLong)
                    .toArray();
            return IntStream.range(0, ticks.length)
                            .filter(column -> !RESTING.contains(column))
                            .mapToLong(column -> ticks[column])
                            .sum()
                    / TICKS_PER_SECOND;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
