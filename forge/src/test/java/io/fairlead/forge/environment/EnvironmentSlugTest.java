package io.fairlead.forge.environment;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.testing.property.Property;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvironmentSlugTest {
    @Test
    void aNameThatIsFitStaysAsItIs() {
        assertThat(EnvironmentSlug.of("production")).isEqualTo("production");
        assertThat(EnvironmentSlug.of("eu-west-1")).isEqualTo("eu-west-1");
        assertThat(EnvironmentSlug.of("review/fix-foo")).matches("review-fix-foo-[a-z0-9]{6}");
        assertThat(EnvironmentSlug.of("1")).matches("env-1-[a-z0-9]{6}");
        assertThat(EnvironmentSlug.of("flux-system/gitlab-agent")).matches("flux-system-gitla-[a-z0-9]{6}");
    }

    @Test
    void everySlugIsADnsLabelAndDifferentNamesHaveDifferentOnes() {
        Map<String, String> names = new HashMap<>();
        Property.holds(5_000, any -> {
            String name = any.joined(30, List.of("a", "Z", "9", "-", "_", "/", " ", ".", "review", "$"));
            // GitLab gives "a" and "a-" the same slug and refuses the second; so does the table's uniqueness.
            if (name.isEmpty() || name.matches("[a-z][a-z0-9-]*-")) {
                return;
            }
            String slug = EnvironmentSlug.of(name);
            assertThat(slug).matches("[a-z]([a-z0-9-]{0,22}[a-z0-9])?").doesNotContain("--");
            String before = names.putIfAbsent(slug, name);
            assertThat(before == null || before.equals(name))
                    .as("%s and %s", before, name)
                    .isTrue();
        });
    }

    @Test
    void guessesTheTierAsGitLabDoes() {
        Map<String, Tier> guesses = Map.of(
                "production", Tier.PRODUCTION,
                "prod-eu", Tier.PRODUCTION,
                "live", Tier.PRODUCTION,
                "staging", Tier.STAGING,
                "demo", Tier.STAGING,
                "qa", Tier.TESTING,
                "review/x", Tier.DEVELOPMENT,
                "flux-system/gitlab-agent", Tier.OTHER,
                "blue", Tier.OTHER);
        guesses.forEach((name, tier) -> assertThat(Tier.guess(name)).as(name).isEqualTo(tier));
    }
}
