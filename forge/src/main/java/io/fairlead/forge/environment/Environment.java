package io.fairlead.forge.environment;

import java.time.Instant;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A place that a project is deployed to.
 *
 * @param slug the name as {@link EnvironmentSlug} has it
 * @param agentId the agent in whose cluster it is, with the namespace there and what Flux keeps it by
 * @param stopsAlways whether it stops by itself whatever its jobs say, GitLab's {@code auto_stop_setting} {@code always}
 */
public record Environment(
        long id,
        long projectId,
        String name,
        String slug,
        @Nullable String description,
        @Nullable String externalUrl,
        Tier tier,
        State state,
        OptionalLong agentId,
        @Nullable String kubernetesNamespace,
        @Nullable String fluxResourcePath,
        boolean stopsAlways,
        @Nullable Instant stopsAt,
        Instant createdAt,
        Instant updatedAt) {
    /** Stopping lasts while a job that takes things down runs. */
    public enum State {
        AVAILABLE,
        STOPPING,
        STOPPED;

        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static State of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    /** What a request says about an environment. */
    record Draft(
            String name,
            @Nullable String description,
            @Nullable String externalUrl,
            Tier tier,
            OptionalLong agentId,
            @Nullable String kubernetesNamespace,
            @Nullable String fluxResourcePath,
            boolean stopsAlways) {
        /** An agent that was removed takes what is in its cluster along. */
        static Draft of(Environment environment) {
            boolean bound = environment.agentId.isPresent();
            return new Draft(
                    environment.name,
                    environment.description,
                    environment.externalUrl,
                    environment.tier,
                    environment.agentId,
                    bound ? environment.kubernetesNamespace : null,
                    bound ? environment.fluxResourcePath : null,
                    environment.stopsAlways);
        }

        /** An environment of which nothing but the name is known. */
        static Draft named(String name) {
            return new Draft(name, null, null, Tier.guess(name), OptionalLong.empty(), null, null, true);
        }
    }
}
