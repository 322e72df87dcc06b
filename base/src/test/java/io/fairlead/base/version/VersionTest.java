package io.fairlead.base.version;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VersionTest {
    @Test
    void isStampedByTheBuild() {
        assertThat(Version.current().number()).matches("\\d+\\.\\d+\\.\\d+.*");
        assertThat(Version.current().commit()).doesNotContain("$");
    }

    @Test
    void namesAProductAsGitLabDoes() {
        assertThat(new Version("1.2.3", "abc").product("gitlab-kas")).isEqualTo("gitlab-kas/v1.2.3/abc");
    }
}
