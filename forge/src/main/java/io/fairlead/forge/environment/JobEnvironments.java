package io.fairlead.forge.environment;

import io.fairlead.forge.access.JobIdentity.JobEnvironment;
import java.util.OptionalLong;

/** Environments as jobs name them: what is not there yet has the slug and tier that it would have. */
public final class JobEnvironments {
    private final EnvironmentQueries queries;

    /** @param agentId the agent in whose cluster it is, when it says one */
    public record Place(JobEnvironment environment, OptionalLong agentId) {}

    public JobEnvironments(EnvironmentQueries queries) {
        this.queries = queries;
    }

    /** @throws io.fairlead.forge.api.ApiError 400 when {@code name} cannot be an environment's */
    public Place named(long projectId, String name) {
        EnvironmentText.checkedName(name);
        return queries.byName(projectId, name)
                .map(there -> new Place(
                        new JobEnvironment(
                                there.name(), there.slug(), there.tier().text()),
                        there.agentId()))
                .orElseGet(() -> new Place(
                        new JobEnvironment(
                                name, EnvironmentSlug.of(name), Tier.guess(name).text()),
                        OptionalLong.empty()));
    }
}
