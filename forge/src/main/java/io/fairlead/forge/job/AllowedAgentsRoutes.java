package io.fairlead.forge.job;

import io.fairlead.forge.access.JobIdentity;
import io.fairlead.forge.access.Role;
import io.fairlead.forge.agent.Agent;
import io.fairlead.forge.agent.AgentQueries;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Caller;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.identity.User;
import io.fairlead.forge.identity.UserQueries;
import io.fairlead.forge.project.MemberQueries;
import io.fairlead.forge.project.Project;
import io.fairlead.forge.project.ProjectQueries;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which agents a running job may use. For now those of its own project, which need no word in any configuration; what
 * {@code ci_access} adds comes with pipelines.
 */
public final class AllowedAgentsRoutes {
    private static final int AGENTS_MAX = 500;

    private final AgentQueries agents;
    private final ProjectQueries projects;
    private final MemberQueries members;
    private final UserQueries users;

    public AllowedAgentsRoutes(AgentQueries agents, ProjectQueries projects, MemberQueries members, UserQueries users) {
        this.agents = agents;
        this.projects = projects;
        this.members = members;
        this.users = users;
    }

    public List<Route> routes() {
        return List.of(Route.api(Method.GET, "/job/allowed_agents", new Access.RunningJob(), this::allowed));
    }

    private Reply allowed(Exchange exchange) {
        if (!(exchange.caller() instanceof Caller.Job(JobIdentity job))) {
            throw new IllegalStateException("the route does not ask for a job");
        }
        Project project = projects.byId(job.projectId()).orElseThrow(() -> ApiError.notFound("Project"));
        User user = users.byId(job.userId()).orElseThrow(ApiError::unauthorized);
        List<String> roles =
                members.roleOf(user.id(), project.id()).map(Role::textsUpToThis).orElse(List.of());
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put(
                "allowed_agents",
                agents.ofProject(project.id(), 0, AGENTS_MAX).stream()
                        .map(AllowedAgentsRoutes::implicit)
                        .toList());
        answer.put("job", Map.of("id", job.jobId()));
        answer.put("pipeline", Map.of("id", job.pipelineId()));
        answer.put("project", Map.of("id", project.id(), "groups", List.of()));
        answer.put("user", Map.of("id", user.id(), "username", user.username(), "roles_in_project", roles));
        JobIdentity.JobEnvironment environment = job.environment();
        if (environment != null) {
            answer.put("environment", Map.of("slug", environment.slug(), "tier", environment.tier()));
        }
        return Reply.ok(answer);
    }

    private static Map<String, Object> implicit(Agent agent) {
        return Map.of(
                "id",
                agent.id(),
                "config_project",
                Map.of("id", agent.projectId()),
                "configuration",
                Map.of("access_as", Map.of("agent", Map.of())));
    }
}
