package io.fairlead.testing.line;

import io.fairlead.base.ready.ReadyFile;
import io.fairlead.testing.process.Background;
import io.fairlead.testing.process.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code fairlead agentk} as a process of this machine, with a kubeconfig in place of a service account. */
public final class LineAgent implements AutoCloseable {
    private static final Duration READY = Duration.ofSeconds(60);

    private final Checkout checkout;
    private final String kasAddress;
    private final Path token;
    private final Path ca;
    private final Path kubeconfig;
    private final Path ready;
    private final Path log;
    private @Nullable Background process;

    public LineAgent(Checkout checkout, String kasAddress, Path token, Path ca, Path kubeconfig, Path folder) {
        this.checkout = checkout;
        this.kasAddress = kasAddress;
        this.token = token;
        this.ca = ca;
        this.kubeconfig = kubeconfig;
        this.ready = folder.resolve("agentk-ready.json");
        this.log = folder.resolve("agentk.log");
    }

    /** Starts it without waiting for anything. */
    public Background launch() {
        try {
            Files.deleteIfExists(ready);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Background started = checkout.fairlead(
                        "agentk",
                        "--kas-address=" + kasAddress,
                        "--token-file=" + token,
                        "--ca-cert-file=" + ca,
                        "--kubeconfig=" + kubeconfig,
                        "--observability-listen-address=127.0.0.1:0",
                        "--ready-file=" + ready)
                .start(log);
        process = started;
        return started;
    }

    /**
     * Starts it and waits until it serves.
     *
     * @return how long that took
     */
    public Duration start() {
        return launch().awaitFile(ready, READY);
    }

    /** The way to kas it was given. */
    public String kasAddress() {
        return kasAddress;
    }

    public Optional<ReadyFile> ready() {
        return ReadyFile.read(ready);
    }

    public Background process() {
        if (process == null) {
            throw new IllegalStateException("the agent was not started");
        }
        return process;
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }
}
