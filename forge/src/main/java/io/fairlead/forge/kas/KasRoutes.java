package io.fairlead.forge.kas;

import io.fairlead.forge.access.Permission;
import io.fairlead.forge.agent.Agent;
import io.fairlead.forge.agent.AgentConfigurations;
import io.fairlead.forge.agent.AgentQueries;
import io.fairlead.forge.agent.JobAgents;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Caller;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.project.Project;
import io.fairlead.forge.project.ProjectAccess;
import io.fairlead.forge.project.ProjectQueries;
import io.fairlead.gitlab.api.AgentInfoResponse;
import io.fairlead.gitlab.api.ProjectInfoResponse;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What kas asks about agents and the projects they read. */
public final class KasRoutes {
    private final AgentQueries agents;
    private final ProjectQueries projects;
    private final ProjectAccess access;
    private final GitalyDirectory gitaly;
    private final AgentConfigurations configurations;
    private final JobAgents served;

    public KasRoutes(
            AgentQueries agents,
            ProjectQueries projects,
            ProjectAccess access,
            GitalyDirectory gitaly,
            AgentConfigurations configurations,
            JobAgents served) {
        this.agents = agents;
        this.projects = projects;
        this.access = access;
        this.gitaly = gitaly;
        this.configurations = configurations;
        this.served = served;
    }

    public List<Route> routes() {
        Access forAgent = new Access.KasForAgent();
        return List.of(
                Route.api(Method.GET, "/internal/kubernetes/agent_info", forAgent, this::agentInfo),
                Route.api(Method.GET, "/internal/agents/agentk/agent_info", forAgent, this::agentInfo),
                Route.api(Method.GET, "/internal/kubernetes/project_info", forAgent, this::projectInfo),
                Route.api(Method.GET, "/internal/kubernetes/verify_project_access", forAgent, this::verifyAccess),
                Route.api(
                        Method.POST,
                        "/internal/kubernetes/agent_configuration",
                        new Access.Kas(),
                        this::storeConfiguration));
    }

    private Reply agentInfo(Exchange exchange) {
        Agent agent = caller(exchange);
        Project project = projects.byId(agent.projectId()).orElseThrow(() -> ApiError.notFound("Project"));
        return Reply.ok(new AgentInfoResponse(
                project.id(),
                agent.id(),
                agent.name(),
                gitaly.info(),
                gitaly.repository(project),
                project.defaultBranch()));
    }

    private Reply projectInfo(Exchange exchange) {
        Project project = readable(exchange);
        return Reply.ok(new ProjectInfoResponse(
                project.id(), gitaly.info(), gitaly.repository(project), project.defaultBranch()));
    }

    /** Whether it is told of pushes, for which it need not read: of those too that its configuration shares it with. */
    private Reply verifyAccess(Exchange exchange) {
        Agent agent = caller(exchange);
        boolean hears = projects.byIdOrPath(exchange.parameters().requiredText("id"))
                .filter(project -> readable(agent, project) || served.serves(agent.id(), project))
                .isPresent();
        if (!hears) {
            throw ApiError.notFound("Project");
        }
        return Reply.noContent();
    }

    private Reply storeConfiguration(Exchange exchange) {
        Agent agent = agents.byId(exchange.parameters().requiredNumber("agent_id"))
                .orElseThrow(() -> ApiError.notFound("Agent"));
        JsonNode configuration = exchange.parameters().tree().get("agent_config");
        if (configuration == null || !configuration.isObject()) {
            throw ApiError.badParameter("agent_config is missing");
        }
        // The repository is here: what it holds counts, and not what kas has read of it some time ago.
        configurations.refresh(agent.projectId());
        return Reply.noContent();
    }

    /** An agent reads its own project and public ones; of others it is not told that they exist. */
    private Project readable(Exchange exchange) {
        Agent agent = caller(exchange);
        return projects.byIdOrPath(exchange.parameters().requiredText("id"))
                .filter(project -> readable(agent, project))
                .orElseThrow(() -> ApiError.notFound("Project"));
    }

    private boolean readable(Agent agent, Project project) {
        return project.id() == agent.projectId()
                || access.allows(new Caller.Anonymous(), project, Permission.DOWNLOAD_CODE);
    }

    private Agent caller(Exchange exchange) {
        if (exchange.caller() instanceof Caller.Agent(long agentId)) {
            return agents.byId(agentId).orElseThrow(ApiError::unauthorized);
        }
        throw new IllegalStateException("the route does not ask for an agent");
    }
}
