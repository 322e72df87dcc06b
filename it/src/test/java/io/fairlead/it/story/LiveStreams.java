package io.fairlead.it.story;

import static org.awaitility.Awaitility.await;

import io.fairlead.testing.process.Background;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What somebody has running for long: a watch, an exec, a log that is followed and a forwarded port with a connection on it. */
final class LiveStreams implements AutoCloseable {
    private static final Duration BEGIN_MAX = Duration.ofSeconds(20);
    private static final Duration END_MAX = Duration.ofSeconds(20);
    private static final Pattern FORWARDING = Pattern.compile("Forwarding from 127\\.0\\.0\\.1:(\\d+)");

    private final Map<String, Background> programs = new LinkedHashMap<>();
    private final Socket forwarded;

    /** Each has begun when this returns. The pod {@code box} says something all the time, and its port 9000 is an echo. */
    LiveStreams(Kubectl kubectl, String namespace, Path folder) throws IOException {
        start(kubectl, folder, "watch", "get", "configmaps", "-n", namespace, "-w");
        start(
                kubectl,
                folder,
                "exec",
                "exec",
                "-n",
                namespace,
                "box",
                "--",
                "sh",
                "-c",
                "while :; do echo x; sleep 0.1; done");
        start(kubectl, folder, "logs", "logs", "-f", "-n", namespace, "box");
        start(kubectl, folder, "port-forward", "port-forward", "-n", namespace, "pod/box", ":9000");
        programs.forEach((what, program) -> await(what + " begins: " + program.log())
                .atMost(BEGIN_MAX.toSeconds(), TimeUnit.SECONDS)
                .pollInterval(20, TimeUnit.MILLISECONDS)
                .until(() -> Files.size(program.log()) > 0));
        forwarded = new Socket(
                InetAddress.getLoopbackAddress(), port(program("port-forward").log()));
        forwarded.setSoTimeout((int) BEGIN_MAX.toMillis());
        forwarded.getOutputStream().write("echo".getBytes(StandardCharsets.US_ASCII));
        String echo = new String(forwarded.getInputStream().readNBytes(4), StandardCharsets.US_ASCII);
        if (!echo.equals("echo")) {
            throw new AssertionError("the forwarded port answered \"" + echo + "\"");
        }
    }

    private void start(Kubectl kubectl, Path folder, String what, String... arguments) {
        programs.put(what, kubectl.command(arguments).start(folder.resolve(what + ".log")));
    }

    private static int port(Path log) throws IOException {
        Matcher line = FORWARDING.matcher(Files.readString(log));
        if (!line.find()) {
            throw new AssertionError("no port is forwarded: " + Files.readString(log));
        }
        return Integer.parseInt(line.group(1));
    }

    /** Whether all of them run. */
    boolean run() {
        return programs.values().stream().allMatch(Background::alive);
    }

    /** Waits until each program has ended and the forwarded connection too; each with how long that took, milliseconds. */
    Map<String, Long> endedAfter(long sinceNanos) throws IOException {
        Map<String, Long> millis = new LinkedHashMap<>();
        try {
            while (forwarded.getInputStream().read() >= 0) {
                // An echo.
            }
        } catch (java.net.SocketException e) {
            // It was reset.
        }
        millis.put("forwarded connection", millis(System.nanoTime() - sinceNanos));
        programs.forEach((what, program) -> {
            if (!program.awaitEnd(END_MAX)) {
                throw new AssertionError(what + " goes on: " + program.logEnd());
            }
            millis.put(what, millis(System.nanoTime() - sinceNanos));
        });
        return millis;
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    /** What a program said last. */
    String said(String what) {
        return program(what).logEnd();
    }

    private Background program(String what) {
        Background program = programs.get(what);
        if (program == null) {
            throw new IllegalArgumentException("nothing is called " + what);
        }
        return program;
    }

    @Override
    public void close() throws IOException {
        forwarded.close();
        programs.values().forEach(Background::close);
    }
}
