package io.fairlead.forge.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.forge.git.GitService;
import io.fairlead.testing.property.Property;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GitCommandLineTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "git-upload-pack '/a/b.git'",
                "git-upload-pack 'a/b.git'",
                "git-upload-pack 'a/b'",
                "git upload-pack a/b.git",
                "git-upload-pack \"/a/b.git\""
            })
    void understandsThePathInEachForm(String command) {
        assertThat(GitCommandLine.parse(command)).contains(new GitCommandLine(GitService.UPLOAD_PACK, "a/b"));
    }

    @Test
    void knowsBothServices() {
        assertThat(GitCommandLine.parse("git-receive-pack 'g/s/p.git'"))
                .contains(new GitCommandLine(GitService.RECEIVE_PACK, "g/s/p"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ls",
                "git-upload-pack",
                "git-upload-archive 'a/b.git'",
                "git-upload-pack 'a/b.git' 'c'",
                "git-upload-pack 'a/b.git'; id",
                "git-upload-pack 'a'\\''b'",
                "git-upload-pack --strict 'a/b.git'",
                "git-upload-pack 'a\nb'",
                "env X=1 git-upload-pack 'a/b.git'"
            })
    void refusesEverythingElse(String command) {
        assertThat(GitCommandLine.parse(command)).isEmpty();
    }

    @Test
    void neverFailsAndNeverKeepsAQuote() {
        Property.holds(random -> {
            String command = random.joined(
                    8,
                    List.of(
                            "git-",
                            "git ",
                            "upload-pack",
                            "receive-pack",
                            " ",
                            "'",
                            "\"",
                            "\\",
                            "/",
                            "a",
                            ".git",
                            "\n",
                            ";"));
            GitCommandLine.parse(command)
                    .ifPresent(parsed -> assertThat(parsed.path()).doesNotContain("'", "\"", "\\", "\n", "\0"));
        });
    }
}
