package io.fairlead.link.flux.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForgeAddressTest {
    private final ForgeAddress forge =
            ForgeAddress.of("https://Forge.example:8443").orElseThrow();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://forge.example/acme/platform.git",
                "https://forge.example/acme/platform",
                "https://forge.example:8443/acme/platform.git/",
                "http://FORGE.example/acme/platform.git",
                "https://oauth2:x@forge.example/acme/platform.git",
                "ssh://git@forge.example/acme/platform.git",
                "ssh://git@forge.example:2222/acme/platform",
                "SSH://forge.example//acme/platform.git",
                "git@forge.example:acme/platform.git",
                "git@forge.example:/acme/platform",
                "forge.example:acme/platform.git",
            })
    void knowsAProjectInEveryForm(String url) {
        assertThat(forge.project(url)).contains("acme/platform");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "https://forge.example",
                "https://forge.example/",
                "https://forge.example/acme",
                "https://other.example/acme/platform.git",
                "https://forge.example.evil/acme/platform.git",
                "https://evil/forge.example/acme/platform.git",
                "https://forge.example@evil/acme/platform.git",
                "git://forge.example/acme/platform.git",
                "file:///acme/platform.git",
                "/acme/platform.git",
                "./forge.example:acme/platform.git",
                "git@evil:forge.example/acme/platform.git",
                "https://forge.example/acme//platform.git",
                "https://forge.example/acme/../platform.git",
                "https://forge.example/acme/%",
                "git@forge.example:platform.git",
            })
    void takesNothingElseForOne(String url) {
        assertThat(forge.project(url)).isEmpty();
    }

    @Test
    void aForgeBelowAPathHasItsProjectsThere() {
        ForgeAddress below = ForgeAddress.of("https://example.com/git/").orElseThrow();
        assertThat(below.project("https://example.com/git/a/b/c.git")).contains("a/b/c");
        assertThat(below.project("https://example.com/gitlab/a/b.git")).isEmpty();
        assertThat(below.project("https://example.com/a/b.git")).isEmpty();
        assertThat(below.project("git@example.com:a/b.git")).contains("a/b");
    }

    @Test
    void whereNobodySaysWhereTheForgeIsNothingIsFollowed() {
        assertThat(List.of("", "forge.example", "https://", "https:///x", "%"))
                .allSatisfy(url -> assertThat(ForgeAddress.of(url)).isEmpty());
    }

    @Test
    void aProjectIsTheSameHoweverItIsWrittenAndASuspendedSourceIsLeftAlone() {
        FollowedSources followed = FollowedSources.of(
                forge,
                List.of(
                        new GitSource("a", "one", "https://forge.example/Acme/Platform.git", false),
                        new GitSource("b", "two", "git@forge.example:acme/platform", false),
                        new GitSource("b", "three", "git@forge.example:acme/asleep", true),
                        new GitSource("b", "four", "https://github.com/acme/platform", false)));
        assertThat(followed.projects()).containsExactly(java.util.Map.entry("acme/platform", "Acme/Platform"));
        assertThat(followed.of("ACME/platform")).extracting(GitSource::toString).containsExactly("a/one", "b/two");
        assertThat(followed.of("acme/asleep")).isEmpty();
    }
}
