package io.fairlead.testing.line;

import io.fairlead.base.ready.ReadyFile;
import io.fairlead.testing.process.Background;
import io.fairlead.testing.process.Checkout;
import io.fairlead.testing.process.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code fairlead server} as a process: forge and kas, on ports that stay the same when it is started again. */
public final class LineServer implements AutoCloseable {
    private static final Duration READY = Duration.ofSeconds(60);

    private final Checkout checkout;
    private final Path data;
    private final Path ready;
    private final Path log;
    private final LinePorts ports;
    private final List<String> options;
    private @Nullable Background process;

    LineServer(Checkout checkout, Path folder, List<String> options) {
        this.checkout = checkout;
        this.data = folder.resolve("data");
        this.ready = folder.resolve("server-ready.json");
        this.log = folder.resolve("server.log");
        this.ports = LinePorts.free();
        this.options = options;
    }

    /**
     * Starts it and waits until it serves.
     *
     * @return how long that took
     */
    public Duration start() {
        try {
            Files.deleteIfExists(ready);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Background started = checkout.fairlead(
                        "server", "--data-dir", data.toString(), "--ready-file", ready.toString())
                .plus(ports.serverOptions())
                .plus(options)
                .start(log);
        process = started;
        return started.awaitFile(ready, READY);
    }

    public ReadyFile ready() {
        return ReadyFile.read(ready).orElseThrow(() -> new IllegalStateException("the server is not ready"));
    }

    public Background process() {
        if (process == null) {
            throw new IllegalStateException("the server was not started");
        }
        return process;
    }

    /** A command that speaks to this server as its administrator. */
    public Command command(String... arguments) {
        return checkout.fairlead(arguments)
                .env("FAIRLEAD_DATA_DIR", data.toString())
                .env("FAIRLEAD_URL", ready().url().orElseThrow())
                .env("FAIRLEAD_CA_FILE", ready().caFile().orElseThrow())
                .env("FAIRLEAD_TOKEN_FILE", ready().adminTokenFile().orElseThrow());
    }

    public String adminToken() {
        try {
            return Files.readString(Path.of(ready().adminTokenFile().orElseThrow()))
                    .strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }
}
