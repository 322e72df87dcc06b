package io.fairlead.apps.kas;

import io.fairlead.base.env.Environment;
import io.fairlead.base.ready.ReadyFile;
import io.fairlead.testing.process.Background;
import io.fairlead.testing.process.Command;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine;

/** {@code fairlead kas} as a process of its own, for tests that kill it. */
final class KasProcess implements AutoCloseable {
    private final Background process;
    private final ReadyFile ready;

    /** Waits until it serves. */
    KasProcess(Path folder, String name, Path configuration) throws IOException {
        Path readyFile = folder.resolve(name + ".ready");
        Files.deleteIfExists(readyFile);
        process = Command.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        KasProcess.class.getName(),
                        "--configuration-file",
                        configuration.toString(),
                        "--ready-file",
                        readyFile.toString())
                .start(folder.resolve(name + ".log"));
        process.awaitFile(readyFile, Duration.ofSeconds(60));
        ready = ReadyFile.read(readyFile).orElseThrow();
    }

    /** Of the process. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new KasCommand(Environment.system())).execute(arguments));
    }

    InetSocketAddress agentAddress() {
        URI url = URI.create(ready.grpcUrl().orElseThrow());
        return new InetSocketAddress(url.getHost(), url.getPort());
    }

    void kill() {
        process.kill();
    }

    @Override
    public void close() {
        process.close();
    }
}
