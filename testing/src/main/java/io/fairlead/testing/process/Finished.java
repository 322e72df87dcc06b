package io.fairlead.testing.process;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * A program that has ended.
 *
 * @param arguments how it was called
 * @param code its exit code
 * @param out all it wrote to standard output
 * @param err all it wrote to standard error
 * @param took from its start to its end
 */
public record Finished(List<String> arguments, int code, byte[] out, String err, Duration took) {
    private static final int SHOWN_MAX = 4_000;

    public String text() {
        return new String(out, StandardCharsets.UTF_8);
    }

    public boolean succeeded() {
        return code == 0;
    }

    /** This, when it ended well; else an error that shows what it said. */
    public Finished orFail() {
        if (code != 0) {
            throw new AssertionError(
                    String.join(" ", arguments) + " ended with " + code + ":\n" + end(err) + "\n" + end(text()));
        }
        return this;
    }

    private static String end(String text) {
        return text.length() <= SHOWN_MAX ? text : "…" + text.substring(text.length() - SHOWN_MAX);
    }
}
