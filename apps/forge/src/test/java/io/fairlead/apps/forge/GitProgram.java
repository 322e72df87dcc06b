package io.fairlead.apps.forge;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The real {@code git} on the machine, told nothing by its user's configuration. */
record GitProgram(Path folder) {
    /** How a run ended; output and errors together. */
    record Run(int status, String output) {
        Run succeeds() {
            if (status != 0) {
                throw new AssertionError("git failed with " + status + ":\n" + output);
            }
            return this;
        }
    }

    Run run(String... arguments) {
        try {
            List<String> command = new ArrayList<>(List.of("git", "-c", "init.defaultBranch=main"));
            command.addAll(List.of(arguments));
            Path output = Files.createTempFile("git-", ".log");
            Process process = process(command, output);
            if (!process.waitFor(120, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("git " + String.join(" ", arguments) + " did not end");
            }
            String text = Files.readString(output, StandardCharsets.UTF_8);
            Files.delete(output);
            return new Run(process.exitValue(), text);
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    Process process(List<String> command, Path output) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
        builder.environment().put("HOME", folder.toString());
        builder.environment().put("GIT_TERMINAL_PROMPT", "0");
        builder.environment().put("GIT_AUTHOR_NAME", "Test");
        builder.environment().put("GIT_AUTHOR_EMAIL", "test@x");
        builder.environment().put("GIT_COMMITTER_NAME", "Test");
        builder.environment().put("GIT_COMMITTER_EMAIL", "test@x");
        return builder.start();
    }

    /** A repository in a new folder below this one. */
    GitProgram init(String name) throws IOException {
        GitProgram there = new GitProgram(Files.createDirectories(folder.resolve(name)));
        there.run("init", "-q").succeeds();
        return there;
    }

    GitProgram in(String name) {
        return new GitProgram(folder.resolve(name));
    }

    /** Writes a file and commits it; the commit's id. */
    String commit(String file, String text) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
        run("add", file).succeeds();
        run("commit", "-q", "-m", "change " + file).succeeds();
        return run("rev-parse", "HEAD").succeeds().output().strip();
    }
}
