package io.fairlead.forge.ssh;

import io.fairlead.forge.git.GitService;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a client wants to run: {@code git-upload-pack 'group/project.git'} or {@code git-receive-pack}, nothing else.
 *
 * @param path the project's full path, without {@code .git}
 */
record GitCommandLine(GitService service, String path) {
    private static final int LENGTH_MAX = 1024;
    /** No project's path needs a quote or a backslash, so those are refused rather than understood. */
    private static final Pattern FORM =
            Pattern.compile("(git[- ][a-z]+(?:-[a-z]+)*) +(?:'/?([^'\\\\]+)'|\"/?([^\"'\\\\]+)\"|/?([^'\"\\\\ ]+))");

    static Optional<GitCommandLine> parse(String command) {
        if (command.length() > LENGTH_MAX || command.chars().anyMatch(Character::isISOControl)) {
            return Optional.empty();
        }
        Matcher form = FORM.matcher(command.strip());
        if (!form.matches()) {
            return Optional.empty();
        }
        String path = form.group(2) != null ? form.group(2) : form.group(3) != null ? form.group(3) : form.group(4);
        String plain = path.endsWith(".git") ? path.substring(0, path.length() - ".git".length()) : path;
        return GitService.of(form.group(1).replace("git ", "git-")).map(service -> new GitCommandLine(service, plain));
    }
}
