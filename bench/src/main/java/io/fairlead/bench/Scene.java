package io.fairlead.bench;

import io.fairlead.testing.line.Line;
import io.fairlead.testing.line.LineAgent;
import io.fairlead.testing.process.Checkout;
import io.fairlead.testing.process.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Everything that is measured, running: the stand-in, the line before it, and wrk's two ways to the same files. */
final class Scene implements AutoCloseable {
    private final Path folder;
    private final StandIn standIn;
    private final Line line;
    private final Load direct;
    private final Load ours;

    private Scene(Path folder, StandIn standIn, Line line) {
        this.folder = folder;
        this.standIn = standIn;
        this.line = line;
        this.direct = Load.of(standIn.url(), Optional.empty(), folder.resolve("direct.lua"));
        this.ours = Load.of(line.proxyUrl(), Optional.of(line.credential()), folder.resolve("ours.lua"));
    }

    static Scene open(Checkout checkout, Path folder) {
        return open(checkout, folder, true);
    }

    /** The same, but kas keeps no record of requests. */
    static Scene withoutAudit(Checkout checkout, Path folder) {
        return open(checkout, folder, false);
    }

    private static Scene open(Checkout checkout, Path folder, boolean audit) {
        StandIn standIn = StandIn.start(folder.resolve("stand-in"));
        try {
            Line line = Line.withoutAgent(
                    checkout, folder.resolve("line"), "--configuration-file", tls(folder, standIn, audit));
            return new Scene(folder, standIn, line);
        } catch (RuntimeException | Error e) {
            standIn.close();
            throw e;
        }
    }

    /** Native gRPC without TLS is for one machine; agents elsewhere get it with a certificate, so that is measured. */
    private static String tls(Path folder, StandIn standIn, boolean audit) {
        Path file = folder.resolve("server.yaml");
        try {
            Files.writeString(file, """
                    agent:
                      listen:
                        certificate_file: %s
                        key_file: %s
                      audit:
                        enabled: %s
                    """.formatted(standIn.certificate(), standIn.key(), audit));
            return file.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    StandIn standIn() {
        return standIn;
    }

    Line line() {
        return line;
    }

    Load direct() {
        return direct;
    }

    Load ours() {
        return ours;
    }

    Path folder() {
        return folder;
    }

    /** Leads the agent another way or to another API server, and waits until requests pass again. */
    void lead(String kasAddress, Path upstream) {
        agent(kasAddress, upstream).start();
        awaitPassage();
    }

    /** The next agent, not started: it trusts the server's authority and, for native gRPC, the listener's certificate. */
    LineAgent agent(String kasAddress, Path upstream) {
        return line.replaceAgent(kasAddress, upstream, authority(kasAddress));
    }

    /** The next agent as it runs in a pod, not started, before the stand-in. */
    LineAgent pod(String kasAddress) {
        return line.replaceAgentByPod(kasAddress, standIn.serviceAccount(), authority(kasAddress));
    }

    private Path authority(String kasAddress) {
        return kasAddress.startsWith("grpc") ? standIn.certificate() : line.caFile();
    }

    /** CPU time of server and agent together, seconds. */
    double cpuSeconds() {
        return line.server().process().figures().cpuSeconds()
                + line.agent().process().figures().cpuSeconds();
    }

    /** The configuration pushed at the start reaches the server's mind a moment later. */
    private void awaitPassage() {
        Command get = Command.of("curl", "-sS", "--fail-with-body", "--max-time", "5", "--config", "-")
                .plus("--cacert", line.caFile().toString(), line.proxyUrl() + "/version")
                .input("header = \"Authorization: Bearer " + line.credential() + "\"\n");
        for (int attempt = 1; !get.run().succeeded(); attempt++) {
            if (attempt == 100) {
                get.run().orFail();
            }
            Pause.millis(100);
        }
    }

    @Override
    public void close() {
        try (standIn) {
            line.close();
        }
    }
}
