package io.fairlead.apps.kas;

import io.fairlead.base.config.ConfigSection;
import io.fairlead.base.env.Environment;
import io.fairlead.base.metrics.ObservabilityKeys;
import java.util.Map;
import java.util.Optional;

/**
 * All of kas's configuration, with the keys of GitLab's kas. Keys of GitLab's that change nothing here are accepted with a
 * warning, so that its files can be used as they are.
 *
 * @param several what it needs when it is one of several; empty when it is the only one
 */
public record KasConfig(
        GitLabConfig gitlab,
        AgentConfig agent,
        ObservabilityKeys observability,
        ApiConfig api,
        Optional<SeveralConfig> several) {
    /** Where a kas on its own serves metrics and probes. */
    public static final String OBSERVABILITY_ADDRESS = "127.0.0.1:8151";

    /** The only one. */
    public KasConfig(GitLabConfig gitlab, AgentConfig agent, ObservabilityKeys observability, ApiConfig api) {
        this(gitlab, agent, observability, api, Optional.empty());
    }

    /** Maps the whole file, for a process whose environment says nothing of its private API. */
    public static KasConfig read(ConfigSection root) {
        return read(root, new Environment(Map.of()));
    }

    /** Maps the whole file. */
    public static KasConfig read(ConfigSection root, Environment environment) {
        root.unused("gitaly", "calls to Gitaly are limited as GitLab's defaults say");
        root.unused("autoflow", "AutoFlow is not part of Fairlead yet");
        root.unused("workspaces", "workspaces are not part of Fairlead yet");
        root.unused("events_platform", "the events platform is not part of Fairlead yet");
        return new KasConfig(
                GitLabConfig.read(root.section("gitlab")),
                AgentConfig.read(root.section("agent"), false),
                ObservabilityKeys.read(root.section("observability"), OBSERVABILITY_ADDRESS),
                ApiConfig.read(root.section("api")),
                SeveralConfig.read(root, environment));
    }
}
