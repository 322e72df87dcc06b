package io.fairlead.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.testing.process.Command;
import io.fairlead.testing.process.Finished;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * One kubectl going direct and through the line. What both print must be the same text, but for what cannot be: how old
 * something is ({@code 12s}), times of day, and versions and identities of objects and processes that were made twice.
 */
record Both(Kubectl direct, Kubectl through) {
    private static final AtomicInteger COMPARED = new AtomicInteger();
    private static final Pattern AGE = Pattern.compile("\\b(\\d+[dhms]){1,3}\\b( ago)?");
    private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");
    private static final Pattern OWN =
            Pattern.compile("\"?(resourceVersion|uid)\"?: \"?[0-9a-f-]+\"?|(direct|through)-side|\\b[0-9a-f]{64}\\b");
    private static final Pattern SPACES = Pattern.compile("[ \\t]+");

    static int compared() {
        return COMPARED.get();
    }

    /** Runs it both ways; exit code, output and errors must be the same. */
    Finished same(String... arguments) {
        return same(kubectl -> kubectl.command(arguments));
    }

    /** The same for a command that is made for each way. */
    Finished same(java.util.function.Function<Kubectl, Command> command) {
        Finished expected = command.apply(direct).run();
        Finished found = command.apply(through).run();
        String what = String.join(" ", found.arguments());
        assertThat(settled(found)).as(what).isEqualTo(settled(expected));
        COMPARED.incrementAndGet();
        return found;
    }

    /** The same, and it must have succeeded. */
    Finished works(String... arguments) {
        return same(arguments).orFail();
    }

    /** Counts a comparison that the caller makes itself. */
    <T> void equal(String what, T expected, T found) {
        assertThat(found).as(what).isEqualTo(expected);
        COMPARED.incrementAndGet();
    }

    /**
     * The API server opens a WebSocket's streams by sending nothing on each; kubectls up to 1.32 log what comes before they
     * have made theirs. Direct as well, now and then.
     */
    private static final Pattern EARLY_STREAM =
            Pattern.compile("(?m)^E\\d{4} .* websocket\\.go:\\d+\\] Unknown stream id \\d, discarding message\\R");

    static String settle(String text) {
        UnaryOperator<String> ages = found -> AGE.matcher(found).replaceAll("AGE");
        // script(1) types a NUL when its own input ends, which the terminal shows before or after the first output.
        String typed =
                EARLY_STREAM.matcher(text).replaceAll("").replace("\0", "").replace("^@", "");
        String timeless = TIME.matcher(typed).replaceAll("TIME");
        return SPACES.matcher(ages.apply(OWN.matcher(timeless).replaceAll("OWN")))
                .replaceAll(" ");
    }

    private static String settled(Finished finished) {
        return "exit " + finished.code() + "\n" + settle(finished.text()) + "\n--\n" + settle(finished.err());
    }
}
