package io.fairlead.apps.forge;

import io.fairlead.base.config.ConfigSection;
import io.fairlead.forge.agent.GroupSharing;

/**
 * The keys about what clients may do that the server and the forge share.
 *
 * @param requestsPerMinute how many requests each caller may make in a minute
 * @param localHooks whether hooks of projects may call addresses that are not public
 * @param sharing between which top-level groups agents may be shared
 */
public record ClientRules(int requestsPerMinute, boolean localHooks, GroupSharing sharing) {
    /** Enough for scripts that go through everything; who is busier is told to wait. */
    public static final ClientRules DEFAULT = new ClientRules(6_000, false, GroupSharing.NONE);

    private static final int REQUESTS_PER_MINUTE_MAX = 100_000_000;

    public static ClientRules read(ConfigSection root) {
        return new ClientRules(
                root.section("rate_limit")
                        .integer("requests_per_minute", DEFAULT.requestsPerMinute, 1, REQUESTS_PER_MINUTE_MAX),
                root.section("hooks").bool("allow_local_network", DEFAULT.localHooks),
                sharing(root.section("agents")));
    }

    private static GroupSharing sharing(ConfigSection agents) {
        try {
            return GroupSharing.of(agents.strings("shared_across_groups"));
        } catch (IllegalArgumentException e) {
            agents.problem("shared_across_groups", "agents.shared_across_groups " + e.getMessage());
            return GroupSharing.NONE;
        }
    }
}
