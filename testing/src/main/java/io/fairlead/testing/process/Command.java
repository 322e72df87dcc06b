package io.fairlead.testing.process;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A program to run, with the machine's environment and the given additions; an empty value takes a variable away. Secrets
 * belong into the environment or the input, never into the arguments.
 */
public record Command(List<String> arguments, Map<String, String> environment, byte[] input, Duration atMost) {
    private static final Duration USUAL = Duration.ofSeconds(60);

    public static Command of(String... arguments) {
        return new Command(List.of(arguments), Map.of(), new byte[0], USUAL);
    }

    /** The same with more arguments. */
    public Command plus(String... more) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of(more));
        return new Command(List.copyOf(all), environment, input, atMost);
    }

    public Command plus(List<String> more) {
        return plus(more.toArray(String[]::new));
    }

    /** The same, run by another program that takes it as its last arguments, such as {@code nice}. */
    public Command by(String... program) {
        List<String> all = new ArrayList<>(List.of(program));
        all.addAll(arguments);
        return new Command(List.copyOf(all), environment, input, atMost);
    }

    public Command env(String name, String value) {
        Map<String, String> all = new TreeMap<>(environment);
        all.put(name, value);
        return new Command(arguments, Map.copyOf(all), input, atMost);
    }

    public Command input(byte[] bytes) {
        return new Command(arguments, environment, bytes, atMost);
    }

    public Command input(String text) {
        return input(text.getBytes(StandardCharsets.UTF_8));
    }

    public Command within(Duration limit) {
        return new Command(arguments, environment, input, limit);
    }

    /** Runs it to its end. Past the limit of time it is killed, and the answer's code is 124, as timeout(1) has it. */
    public Finished run() {
        long began = System.nanoTime();
        try {
            Process process = builder().start();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            Thread outReader = copy(process.getInputStream(), out);
            Thread errReader = copy(process.getErrorStream(), err);
            Thread writer = Thread.ofVirtual().start(() -> {
                try (OutputStream in = process.getOutputStream()) {
                    in.write(input);
                } catch (IOException e) {
                    // The program did not want all of it; its exit code tells whether that is a failure.
                }
            });
            boolean ended = process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                Background.killTree(process.toHandle());
                process.waitFor();
            }
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            writer.interrupt();
            // Children that outlive the program may hold its output open; what it wrote itself is there by then.
            outReader.join(ended ? 2_000 : 200);
            errReader.join(200);
            int code = ended ? process.exitValue() : 124;
            synchronized (out) {
                return new Finished(arguments, code, out.toByteArray(), err.toString(StandardCharsets.UTF_8), took);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", arguments), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + arguments.getFirst(), e);
        }
    }

    /** Runs it, fails unless it ends with 0, and gives what it printed without the last line end. */
    public String ask() {
        return run().orFail().text().strip();
    }

    /** Starts it beside the caller; its output goes to the end of {@code log}. */
    public Background start(Path log) {
        try {
            Files.createDirectories(log.toAbsolutePath().getParent());
            Process process = builder()
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            return new Background(process, log, System.nanoTime());
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", arguments), e);
        }
    }

    /** Starts it with its streams left to the caller. */
    public Process startPiped() {
        try {
            return builder().start();
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", arguments), e);
        }
    }

    private ProcessBuilder builder() {
        ProcessBuilder builder = new ProcessBuilder(arguments);
        environment.forEach((name, value) -> {
            if (value.isEmpty()) {
                builder.environment().remove(name);
            } else {
                builder.environment().put(name, value);
            }
        });
        return builder;
    }

    private static Thread copy(InputStream from, ByteArrayOutputStream to) {
        return Thread.ofVirtual().start(() -> {
            byte[] buffer = new byte[1 << 16];
            try (from) {
                for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
                    synchronized (to) {
                        to.write(buffer, 0, count);
                    }
                }
            } catch (IOException e) {
                // The program was killed; what it wrote until then is there.
            }
        });
    }
}
