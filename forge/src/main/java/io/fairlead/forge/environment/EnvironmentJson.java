package io.fairlead.forge.environment;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fairlead.forge.agent.AgentJson;
import io.fairlead.forge.identity.UserJson;
import org.jspecify.annotations.Nullable;

/** An environment as the API shows it; its last deployment only when it is shown alone. */
record EnvironmentJson(
        long id,
        String name,
        String slug,
        @Nullable String description,
        @Nullable String externalUrl,
        String state,
        String tier,
        String createdAt,
        String updatedAt,
        @Nullable AgentJson clusterAgent,
        @Nullable String kubernetesNamespace,
        @Nullable String fluxResourcePath,
        @Nullable String autoStopAt,
        String autoStopSetting,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable DeploymentJson lastDeployment) {
    /** A deployment as the API shows it. Jobs are not ours to know yet, so {@code deployable} is null. */
    record DeploymentJson(
            long id,
            long iid,
            String ref,
            String sha,
            String createdAt,
            String updatedAt,
            String status,
            @Nullable UserJson user,
            Place environment,
            @Nullable Object deployable) {}

    /** The environment within a deployment. */
    record Place(
            long id, String name, String slug, @Nullable String externalUrl) {}
}
