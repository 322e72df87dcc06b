package io.fairlead.testing.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The working tree tests run in: its built program, its test cluster and its client tools. */
public record Checkout(Path root) {
    /** The tree that the current folder lies in. */
    public static Checkout here() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("testbed/cluster"))) {
            Path parent = folder.getParent();
            if (parent == null) {
                throw new IllegalStateException("run this inside the repository: no testbed/cluster above here");
            }
            folder = parent;
        }
        return new Checkout(folder);
    }

    /** The {@code fairlead} command as ./dev build leaves it. */
    public Command fairlead(String... arguments) {
        Path program = root.resolve("build/fairlead/bin/fairlead");
        if (!Files.isExecutable(program)) {
            throw new IllegalStateException(program + " is missing: run ./dev build");
        }
        return Command.of(program.toString())
                .env("KUBECONFIG", "")
                .env("FAIRLEAD_URL", "")
                .plus(arguments);
    }

    /** {@code testbed/cluster …}. */
    public Command cluster(String... arguments) {
        return Command.of(root.resolve("testbed/cluster").toString())
                .within(Duration.ofMinutes(15))
                .plus(arguments);
    }

    /** The path of a client tool, built when it is missing. */
    public String tool(String name) {
        return Command.of(root.resolve("testbed/tools").toString(), name)
                .within(Duration.ofMinutes(15))
                .ask();
    }

    /** A port nobody listens on now. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
