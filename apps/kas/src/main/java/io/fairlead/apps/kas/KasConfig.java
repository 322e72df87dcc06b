package io.fairlead.apps.kas;

import io.fairlead.base.config.ConfigSection;
import io.fairlead.base.metrics.ObservabilityKeys;

/**
 * All of kas's configuration, with the keys of GitLab's kas. Keys of GitLab's that change nothing here are accepted with a
 * warning, so that its files can be used as they are.
 */
public record KasConfig(GitLabConfig gitlab, AgentConfig agent, ObservabilityKeys observability, ApiConfig api) {
    /** Where a kas on its own serves metrics and probes. */
    public static final String OBSERVABILITY_ADDRESS = "127.0.0.1:8151";

    /** Maps the whole file. */
    public static KasConfig read(ConfigSection root) {
        root.unused("redis", "Fairlead runs one kas for now and needs no Redis");
        root.unused("private_api", "Fairlead runs one kas for now, which has no other to talk to");
        root.unused("gitaly", "calls to Gitaly are limited as GitLab's defaults say");
        root.unused("autoflow", "AutoFlow is not part of Fairlead yet");
        root.unused("workspaces", "workspaces are not part of Fairlead yet");
        root.unused("events_platform", "the events platform is not part of Fairlead yet");
        return new KasConfig(
                GitLabConfig.read(root.section("gitlab")),
                AgentConfig.read(root.section("agent"), false),
                ObservabilityKeys.read(root.section("observability"), OBSERVABILITY_ADDRESS),
                ApiConfig.read(root.section("api")));
    }
}
