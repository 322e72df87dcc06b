package io.fairlead.testing.valkey;

import io.fairlead.testing.process.Background;
import io.fairlead.testing.process.Checkout;
import io.fairlead.testing.process.Command;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A Valkey or Redis of its own on a free loopback port, that keeps its port when it is started again and nothing else. The
 * program is the machine's: Debian's package {@code redis-server} has it.
 */
public final class ValkeyServer implements AutoCloseable {
    private static final Duration READY_MAX = Duration.ofSeconds(20);
    private static final List<String> PROGRAMS = List.of("/usr/bin/valkey-server", "/usr/bin/redis-server");

    private final Path folder;
    private final int port = Checkout.freePort();
    private final Optional<String> password;
    private @Nullable Background process;

    private ValkeyServer(Path folder, Optional<String> password) {
        this.folder = folder;
        this.password = password;
    }

    /** A started one without a password. */
    public static ValkeyServer begin(Path folder) {
        return new ValkeyServer(folder, Optional.empty()).started();
    }

    /** A started one that wants {@code password}. */
    public static ValkeyServer begin(Path folder, String password) {
        return new ValkeyServer(folder, Optional.of(password)).started();
    }

    private ValkeyServer started() {
        start();
        return this;
    }

    public int port() {
        return port;
    }

    /** Starts it, empty, and waits until it answers. */
    public void start() {
        String program = PROGRAMS.stream()
                .filter(file -> Files.isExecutable(Path.of(file)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        "there is neither " + String.join(" nor ", PROGRAMS) + ": apt-get install redis-server"));
        Command command = Command.of(
                program,
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
                "--dir",
                folder.toString());
        Background started = password.map(word -> command.plus("--requirepass", word))
                .orElse(command)
                .start(folder.resolve("valkey.log"));
        process = started;
        long end = System.nanoTime() + READY_MAX.toNanos();
        while (!answers()) {
            if (System.nanoTime() > end || !started.alive()) {
                throw new AssertionError("Valkey does not serve: " + started.logEnd());
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
    }

    /** Any answer will do: one that asks for a password is one. */
    private boolean answers() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(1_000);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            return socket.getInputStream().read() > 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends it as a crash would; what it held is lost. */
    public void kill() {
        if (process != null) {
            process.kill();
        }
    }

    @Override
    public void close() {
        kill();
    }
}
