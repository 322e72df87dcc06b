package io.fairlead.bench;

import io.fairlead.testing.process.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;

/**
 * wrk against one place. The credential goes into a script that only this user may read, never into the arguments.
 *
 * @param url without a slash at the end
 * @param script what wrk runs: it sets the headers and prints exact figures
 */
record Load(String url, Path script) {
    private static final String DONE = """
            done = function(summary, latency, requests)
              local e = summary.errors
              io.write(string.format("RESULT %.0f %.0f %.0f %.1f %.1f %.0f\\n", summary.requests, summary.bytes,
                summary.duration, latency:percentile(50), latency:percentile(99),
                e.connect + e.read + e.write + e.status + e.timeout))
            end
            """;

    /**
     * What one run of wrk measured.
     *
     * @param requests answers in all
     * @param bytes with headers
     * @param seconds how long it ran
     * @param p50 microseconds
     * @param p99 microseconds
     */
    record Result(double requests, double bytes, double seconds, double p50, double p99) {
        double perSecond() {
            return requests / seconds;
        }

        double megabytesPerSecond() {
            return bytes / seconds / 1e6;
        }
    }

    static Load of(String url, Optional<String> bearer, Path script) {
        try {
            Files.deleteIfExists(script);
            Files.createFile(
                    script, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            String header = bearer.map(token -> "wrk.headers[\"Authorization\"] = \"Bearer " + token + "\"\n")
                    .orElse("");
            Files.writeString(script, header + DONE);
            return new Load(url, script);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Result run(String path, int connections, double seconds) {
        String text = command(path, connections, seconds).ask();
        String[] figures = text.lines()
                .filter(line -> line.startsWith("RESULT "))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("wrk printed no result:\n" + text))
                .split(" ");
        if (Double.parseDouble(figures[6]) > 0) {
            throw new IllegalStateException(figures[6] + " errors at " + url + path + ":\n" + text);
        }
        return new Result(
                Double.parseDouble(figures[1]),
                Double.parseDouble(figures[2]),
                Double.parseDouble(figures[3]) / 1e6,
                Double.parseDouble(figures[4]),
                Double.parseDouble(figures[5]));
    }

    Command command(String path, int connections, double seconds) {
        return Command.of("wrk", "-t1", "-c" + connections, "-d" + Math.round(seconds) + "s", "--timeout", "30s")
                .plus("-s", script.toString(), url + path)
                .within(Duration.ofSeconds(Math.round(seconds) + 60));
    }
}
