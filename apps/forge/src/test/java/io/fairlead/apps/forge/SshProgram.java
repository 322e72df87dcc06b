package io.fairlead.apps.forge;

import io.fairlead.apps.forge.GitProgram.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The real {@code ssh} on the machine with one key, told nothing by its user's configuration. */
record SshProgram(Path folder, Path key, int port) {
    /** Makes a key pair of a type that {@code ssh-keygen -t} knows. */
    static Path newKey(Path folder, String name, String type) throws Exception {
        Path key = folder.resolve(name);
        Run made = run(folder, List.of("ssh-keygen", "-q", "-t", type, "-N", "", "-C", name, "-f", key.toString()));
        made.succeeds();
        return key;
    }

    static String publicText(Path key) throws IOException {
        return Files.readString(key.resolveSibling(key.getFileName() + ".pub")).strip();
    }

    /** What {@code core.sshCommand} is set to; all hosts met first are trusted and remembered. */
    String command() {
        return String.join(" ", arguments());
    }

    private List<String> arguments() {
        return List.of(
                "ssh",
                "-F",
                "/dev/null",
                "-i",
                key.toString(),
                "-o",
                "IdentitiesOnly=yes",
                "-o",
                "IdentityAgent=none",
                "-o",
                "BatchMode=yes",
                "-o",
                "StrictHostKeyChecking=accept-new",
                "-o",
                "UserKnownHostsFile=" + folder.resolve("known_hosts"));
    }

    /** Runs {@code ssh} with these arguments before the host, and a command after it. */
    Run run(String user, List<String> options, String... command) throws Exception {
        List<String> line = new ArrayList<>(arguments());
        line.addAll(options);
        line.addAll(List.of("-p", Integer.toString(port), user + "@127.0.0.1"));
        line.addAll(List.of(command));
        return run(folder, line);
    }

    String url(String path) {
        return "ssh://git@127.0.0.1:" + port + "/" + path;
    }

    private static Run run(Path folder, List<String> line) throws Exception {
        Path output = Files.createTempFile(folder, "run-", ".log");
        Process process = new ProcessBuilder(line)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(line.getFirst() + " did not end");
        }
        return new Run(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
    }
}
