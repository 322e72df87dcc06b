package io.fairlead.cli.project;

import io.fairlead.cli.forge.ForgeApi;
import io.fairlead.cli.output.CommandFailure;
import io.fairlead.cli.output.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A repository in a folder of this machine, bare or with its files, as the machine's git sees it. */
final class LocalRepository {
    private static final int SAID_MAX = 2_000;

    private final Path folder;
    private final List<String> references;

    private LocalRepository(Path folder, List<String> references) {
        this.folder = folder;
        this.references = references;
    }

    /** @throws CommandFailure when it is none, or has nothing that could be imported */
    static LocalRepository open(Path folder) throws InterruptedException {
        Run listed = git(folder, Map.of(), "for-each-ref", "--format=%(refname)", "refs/heads", "refs/tags");
        if (listed.code != 0) {
            throw new CommandFailure(ExitCode.NOT_FOUND, folder + " is no repository: " + listed.text);
        }
        List<String> references =
                listed.text.lines().filter(line -> !line.isBlank()).toList();
        if (references.isEmpty()) {
            throw new CommandFailure(ExitCode.FAILED, folder + " has neither branches nor tags; nothing was made");
        }
        return new LocalRepository(folder, references);
    }

    /** The branch that is checked out, if it exists. */
    Optional<String> defaultBranch() throws InterruptedException {
        Run head = git(folder, Map.of(), "symbolic-ref", "--quiet", "HEAD");
        String name = head.text.strip();
        return head.code == 0 && references.contains(name)
                ? Optional.of(name.substring("refs/heads/".length()))
                : Optional.empty();
    }

    /** Pushes all branches and tags to a project. The token is in the environment of git, not on its command line. */
    void push(ForgeApi api, String project) throws InterruptedException {
        Map<String, String> environment = new java.util.HashMap<>(Map.of(
                "GIT_CONFIG_COUNT",
                "1",
                "GIT_CONFIG_KEY_0",
                "http.extraHeader",
                "GIT_CONFIG_VALUE_0",
                api.gitAuthorization(),
                "GIT_TERMINAL_PROMPT",
                "0"));
        api.location().caFile().ifPresent(file -> environment.put("GIT_SSL_CAINFO", file.toString()));
        Run pushed = git(
                folder,
                environment,
                "push",
                "--quiet",
                api.location().url() + "/" + project + ".git",
                "refs/heads/*:refs/heads/*",
                "refs/tags/*:refs/tags/*");
        if (pushed.code != 0) {
            throw new CommandFailure(
                    ExitCode.FAILED, "project " + project + " was made, but git could not push to it: " + pushed.text);
        }
    }

    private record Run(int code, String text) {}

    private static Run git(Path folder, Map<String, String> environment, String... arguments)
            throws InterruptedException {
        List<String> line = new ArrayList<>(List.of("git", "-C", folder.toString()));
        line.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            return new Run(code, code == 0 || text.length() <= SAID_MAX ? text : text.substring(0, SAID_MAX) + "…");
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.FAILED, "git is needed to import a folder: " + e.getMessage(), e);
        }
    }
}
