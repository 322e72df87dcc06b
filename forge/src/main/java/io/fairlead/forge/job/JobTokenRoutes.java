package io.fairlead.forge.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fairlead.forge.access.JobIdentity;
import io.fairlead.forge.access.Permission;
import io.fairlead.forge.access.Permission.Standing;
import io.fairlead.forge.access.RoleQueries;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Caller;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Parameters;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.api.Times;
import io.fairlead.forge.environment.JobEnvironments;
import io.fairlead.forge.environment.JobEnvironments.Place;
import io.fairlead.forge.identity.User;
import io.fairlead.forge.identity.UserQueries;
import io.fairlead.forge.project.Project;
import io.fairlead.forge.project.ProjectQueries;
import io.fairlead.forge.token.TokenSecrets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Job tokens made by hand, for whatever runs as a job before there are pipelines; ours, GitLab has no such routes. What the
 * token is bound to is looked up here and never believed: whether the reference is there and protected, and whether the person
 * might run a job on it.
 */
public final class JobTokenRoutes {
    /** GitLab's default for a job. */
    private static final Duration LIFETIME = Duration.ofHours(1);

    private static final Duration LIFETIME_MIN = Duration.ofSeconds(10);
    private static final Duration LIFETIME_MAX = Duration.ofDays(1);

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record EnvironmentJson(
            String name, String slug, String tier, @Nullable Long clusterAgentId) {}

    /** The only answer that has the token. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record JobJson(
            long id,
            String token,
            long projectId,
            String ref,

            @com.fasterxml.jackson.annotation.JsonProperty("protected")
            boolean protectedRef,

            String username,
            String expiresAt,
            @Nullable EnvironmentJson environment) {
        @Override
        public String toString() {
            return "the token of job " + id;
        }
    }

    private final JobQueries jobs;
    private final JobTokens tokens;
    private final JobRefs refs;
    private final JobEnvironments environments;
    private final ProjectQueries projects;
    private final UserQueries users;
    private final RoleQueries roles;
    private final TokenSecrets secrets;
    private final InstantSource clock;

    public JobTokenRoutes(
            JobQueries jobs,
            JobTokens tokens,
            JobRefs refs,
            JobEnvironments environments,
            ProjectQueries projects,
            UserQueries users,
            RoleQueries roles,
            TokenSecrets secrets,
            InstantSource clock) {
        this.jobs = jobs;
        this.tokens = tokens;
        this.refs = refs;
        this.environments = environments;
        this.projects = projects;
        this.users = users;
        this.roles = roles;
        this.secrets = secrets;
        this.clock = clock;
    }

    public List<Route> routes() {
        Access change = Access.changing(Permission.ADMIN_JOB_TOKENS);
        String all = "/projects/:id/job_tokens";
        return List.of(
                Route.api(Method.POST, all, change, this::create),
                Route.api(Method.DELETE, all + "/:job_id", change, this::revoke));
    }

    private Reply create(Exchange exchange) {
        Parameters parameters = exchange.parameters();
        Project project = projects.byId(exchange.projectId()).orElseThrow(() -> ApiError.notFound("Project"));
        User user = user(exchange.person(), parameters.text("username"));
        checkMayRun(user, project);
        JobRefs.Found ref = refs.find(
                project, parameters.text("ref").filter(name -> !name.isEmpty()).orElse(project.defaultBranch()), user);
        Optional<Place> place = parameters
                .text("environment")
                .filter(name -> !name.isEmpty())
                .map(name -> environments.named(project.id(), name));
        JobIdentity.JobEnvironment environment = place.map(Place::environment).orElse(null);
        Job job = jobs.begin(new Job.Draft(
                project.id(),
                user.id(),
                exchange.person().userId(),
                ref.name(),
                ref.isProtected(),
                environment == null ? null : environment.name(),
                clock.instant().plus(lifetime(parameters))));
        String secret = secrets.job();
        // A job that is run by hand is a pipeline of its own, so both have one number.
        tokens.put(
                secret,
                new JobIdentity(job.id(), job.id(), project.id(), user.id(), job.protectedRef(), environment),
                job.expiresAt());
        return Reply.created(new JobJson(
                job.id(),
                secret,
                project.id(),
                job.ref(),
                job.protectedRef(),
                user.username(),
                Times.text(job.expiresAt()),
                place.map(JobTokenRoutes::json).orElse(null)));
    }

    private static EnvironmentJson json(Place place) {
        JobIdentity.JobEnvironment there = place.environment();
        return new EnvironmentJson(
                there.name(),
                there.slug(),
                there.tier(),
                place.agentId().isPresent() ? place.agentId().getAsLong() : null);
    }

    /** Whose job it is: the caller's, or for administrators anybody's. */
    private User user(Caller.Person caller, Optional<String> username) {
        User self = users.byId(caller.userId()).orElseThrow(ApiError::unauthorized);
        Optional<String> other = username.filter(name -> !name.isEmpty() && !name.equalsIgnoreCase(self.username()));
        if (other.isEmpty()) {
            return self;
        }
        if (!caller.admin()) {
            throw ApiError.forbidden("a job runs as you; only administrators may make one run as somebody else");
        }
        return users.byUsername(other.get())
                .orElseThrow(() -> ApiError.invalid("username", "is nobody's: \"" + other.get() + "\""));
    }

    /** Who may not push may not run jobs; an administrator who is no member is no exception for others. */
    private void checkMayRun(User user, Project project) {
        Standing standing = new Standing(
                true, user.admin(), roles.inProject(user.id(), project.id()).orElse(null), project.visibility());
        if (!user.active() || !Permission.PUSH_CODE.allows(standing)) {
            throw ApiError.forbidden(user.username() + " may not run jobs in " + project.fullPath()
                    + ": that takes an active account and the role Developer");
        }
    }

    private static Duration lifetime(Parameters parameters) {
        if (!parameters.has("expires_in")) {
            return LIFETIME;
        }
        Duration said = Duration.ofSeconds(parameters.requiredNumber("expires_in"));
        if (said.compareTo(LIFETIME_MIN) < 0 || said.compareTo(LIFETIME_MAX) > 0) {
            throw ApiError.invalid(
                    "expires_in",
                    "must be from " + LIFETIME_MIN.toSeconds() + " to " + LIFETIME_MAX.toSeconds() + " seconds");
        }
        return said;
    }

    private Reply revoke(Exchange exchange) {
        long job = exchange.pathNumber("job_id", "Job");
        if (!jobs.has(exchange.projectId(), job)) {
            throw ApiError.notFound("Job");
        }
        // First what opens doors: should the rest fail, the call can be made again.
        tokens.end(job);
        if (!jobs.end(exchange.projectId(), job)) {
            throw ApiError.notFound("Job");
        }
        return Reply.noContent();
    }
}
