package io.fairlead.forge.environment;

import io.fairlead.forge.access.Permission;
import io.fairlead.forge.agent.Agent;
import io.fairlead.forge.agent.AgentJson;
import io.fairlead.forge.agent.AgentQueries;
import io.fairlead.forge.api.Caller;
import io.fairlead.forge.api.Times;
import io.fairlead.forge.environment.EnvironmentJson.DeploymentJson;
import io.fairlead.forge.identity.UserJson;
import io.fairlead.forge.identity.UserQueries;
import io.fairlead.forge.project.Project;
import io.fairlead.forge.project.ProjectAccess;
import io.fairlead.forge.project.ProjectQueries;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Shows environments and deployments as the API does. */
public final class EnvironmentView {
    private final DeploymentQueries deployments;
    private final AgentQueries agents;
    private final ProjectQueries projects;
    private final ProjectAccess access;
    private final UserQueries users;
    private final String externalUrl;

    public EnvironmentView(
            DeploymentQueries deployments,
            AgentQueries agents,
            ProjectQueries projects,
            ProjectAccess access,
            UserQueries users,
            String externalUrl) {
        this.deployments = deployments;
        this.agents = agents;
        this.projects = projects;
        this.access = access;
        this.users = users;
        this.externalUrl = externalUrl;
    }

    /** Whether a caller may see an agent, and so tie an environment to it. */
    boolean sees(Caller caller, long agentId) {
        return visible(caller, agentId).isPresent();
    }

    private Optional<AgentJson> visible(Caller caller, long agentId) {
        Optional<Agent> agent = agents.byId(agentId);
        Optional<Project> project = agent.flatMap(found -> projects.byId(found.projectId()));
        return project.filter(found -> access.allows(caller, found, Permission.READ_AGENTS))
                .flatMap(found -> agent.map(one -> AgentJson.of(one, found)));
    }

    EnvironmentJson inList(Caller caller, Environment environment) {
        return json(caller, environment, null);
    }

    EnvironmentJson alone(Caller caller, Environment environment) {
        return json(
                caller,
                environment,
                deployments.last(environment.id()).map(this::json).orElse(null));
    }

    private EnvironmentJson json(Caller caller, Environment environment, @Nullable DeploymentJson last) {
        return new EnvironmentJson(
                environment.id(),
                environment.name(),
                environment.slug(),
                environment.description(),
                environment.externalUrl(),
                environment.state().text(),
                environment.tier().text(),
                Times.text(environment.createdAt()),
                Times.text(environment.updatedAt()),
                environment.agentId().isPresent()
                        ? visible(caller, environment.agentId().getAsLong()).orElse(null)
                        : null,
                environment.kubernetesNamespace(),
                environment.fluxResourcePath(),
                Times.textOrNull(environment.stopsAt()),
                environment.stopsAlways() ? "always" : "with_action",
                last);
    }

    DeploymentJson json(Deployment deployment) {
        Environment environment = deployment.environment();
        return new DeploymentJson(
                deployment.id(),
                deployment.iid(),
                deployment.ref(),
                deployment.sha(),
                Times.text(deployment.createdAt()),
                Times.text(deployment.updatedAt()),
                deployment.status().text(),
                users.byId(deployment.userId())
                        .map(user -> UserJson.of(user, externalUrl))
                        .orElse(null),
                new EnvironmentJson.Place(
                        environment.id(), environment.name(), environment.slug(), environment.externalUrl()),
                null);
    }
}
