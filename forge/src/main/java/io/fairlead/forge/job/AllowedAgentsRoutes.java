package io.fairlead.forge.job;

import io.fairlead.forge.access.JobIdentity;
import io.fairlead.forge.access.Role;
import io.fairlead.forge.access.RoleQueries;
import io.fairlead.forge.agent.JobAgents;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Caller;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.identity.User;
import io.fairlead.forge.identity.UserQueries;
import io.fairlead.forge.project.Project;
import io.fairlead.forge.project.ProjectQueries;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which agents a running job may use, and what the job is: kas asks it for everyone who comes with a job token. */
public final class AllowedAgentsRoutes {
    private final JobAgents agents;
    private final ProjectQueries projects;
    private final RoleQueries roles;
    private final UserQueries users;

    public AllowedAgentsRoutes(JobAgents agents, ProjectQueries projects, RoleQueries roles, UserQueries users) {
        this.agents = agents;
        this.projects = projects;
        this.roles = roles;
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
        User user = users.byId(job.userId()).filter(User::active).orElseThrow(ApiError::unauthorized);
        List<String> held = roles.inProject(user.id(), project.id())
                .map(Role::textsUpToThis)
                .orElse(List.of());
        List<Map<String, Long>> groups = agents.groupsOf(project).stream()
                .map(group -> Map.of("id", group.id()))
                .toList();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put(
                "allowed_agents",
                agents.of(project, job, user).stream()
                        .map(AllowedAgentsRoutes::json)
                        .toList());
        answer.put("job", Map.of("id", job.jobId()));
        answer.put("pipeline", Map.of("id", job.pipelineId()));
        answer.put("project", Map.of("id", project.id(), "groups", groups));
        answer.put("user", Map.of("id", user.id(), "username", user.username(), "roles_in_project", held));
        JobIdentity.JobEnvironment environment = job.environment();
        if (environment != null) {
            answer.put("environment", Map.of("slug", environment.slug(), "tier", environment.tier()));
        }
        return Reply.ok(answer);
    }

    private static Map<String, Object> json(JobAgents.Allowed allowed) {
        return Map.of(
                "id",
                allowed.agent().id(),
                "name",
                allowed.agent().name(),
                "config_project",
                Map.of("id", allowed.agent().projectId(), "path_with_namespace", allowed.projectPath()),
                "configuration",
                allowed.configuration());
    }
}
