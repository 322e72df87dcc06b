package io.fairlead.forge.hook;

import io.fairlead.forge.access.Permission;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Caller;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Page;
import io.fairlead.forge.api.Parameters;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.api.Times;
import io.fairlead.forge.environment.DeploymentQueries;
import io.fairlead.forge.git.PushEvent;
import io.fairlead.forge.git.Pusher;
import io.fairlead.forge.git.RefChange;
import io.fairlead.forge.project.Project;
import io.fairlead.forge.project.ProjectQueries;
import io.fairlead.forge.repository.CommitInfo;
import io.fairlead.forge.repository.OpenRepository;
import io.fairlead.forge.repository.Repositories;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Hooks of projects over the API. */
public final class HookRoutes {
    private static final int HOOKS_MAX = 100;
    private static final int TEXT_LENGTH_MAX = 255;
    private static final List<String> TRIGGERS = List.of("push_events", "tag_push_events", "deployment_events");

    record HookJson(
            long id,
            String url,
            @Nullable String name,
            @Nullable String description,
            long projectId,
            String createdAt,
            boolean pushEvents,
            boolean tagPushEvents,
            boolean deploymentEvents,
            boolean issuesEvents,
            boolean confidentialIssuesEvents,
            boolean mergeRequestsEvents,
            boolean noteEvents,
            boolean confidentialNoteEvents,
            boolean jobEvents,
            boolean pipelineEvents,
            boolean wikiPageEvents,
            boolean releasesEvents,
            String pushEventsBranchFilter,
            String branchFilterStrategy,
            boolean enableSslVerification,
            String alertStatus,
            @Nullable String disabledUntil,
            boolean tokenPresent,
            boolean signingTokenPresent,
            List<Object> urlVariables) {
        @Override
        public String toString() {
            return "HookJson[id=" + id + "]";
        }
    }

    private final HookQueries hooks;
    private final HookDelivery delivery;
    private final ProjectQueries projects;
    private final DeploymentQueries deployments;
    private final Repositories repositories;
    private final InstantSource clock;

    public HookRoutes(
            HookQueries hooks,
            HookDelivery delivery,
            ProjectQueries projects,
            DeploymentQueries deployments,
            Repositories repositories,
            InstantSource clock) {
        this.hooks = hooks;
        this.delivery = delivery;
        this.projects = projects;
        this.deployments = deployments;
        this.repositories = repositories;
        this.clock = clock;
    }

    public List<Route> routes() {
        Access read = Access.reading(Permission.ADMIN_HOOKS);
        Access change = Access.changing(Permission.ADMIN_HOOKS);
        String all = "/projects/:id/hooks";
        String one = all + "/:hook_id";
        return List.of(
                Route.api(Method.GET, all, read, this::list),
                Route.api(Method.POST, all, change, this::add),
                Route.api(Method.GET, one, read, exchange -> Reply.ok(json(named(exchange)))),
                Route.api(Method.PUT, one, change, this::change),
                Route.api(Method.DELETE, one, change, this::delete),
                Route.api(Method.POST, one + "/test/:trigger", change, this::test));
    }

    private Reply list(Exchange exchange) {
        return Page.answer(exchange, hooks.ofProject(exchange.projectId()), this::json);
    }

    private Reply add(Exchange exchange) {
        Parameters parameters = exchange.parameters();
        Hook.Settings none = new Hook.Settings(
                url(parameters.requiredText("url")),
                Optional.empty(),
                Optional.empty(),
                null,
                null,
                true,
                false,
                false,
                "");
        Hook.Settings settings = settings(parameters, none);
        Hook hook = hooks.add(exchange.projectId(), settings, HOOKS_MAX)
                .orElseThrow(
                        () -> ApiError.invalid("base", "Maximum number of project hooks (" + HOOKS_MAX + ") exceeded"));
        return Reply.created(json(hook));
    }

    private Reply change(Exchange exchange) {
        Hook hook = named(exchange);
        Hook.Settings settings = settings(exchange.parameters(), hook.settings());
        return Reply.ok(json(hooks.change(hook, settings).orElseThrow(() -> ApiError.notFound("Hook"))));
    }

    private static Hook.Settings settings(Parameters parameters, Hook.Settings before) {
        if (!parameters.flag("enable_ssl_verification", true)) {
            throw ApiError.invalid("enable_ssl_verification", "cannot be turned off here");
        }
        parameters.oneOf("branch_filter_strategy", List.of("wildcard", "all_branches"));
        return new Hook.Settings(
                parameters.text("url").map(HookRoutes::url).orElse(before.url()),
                parameters.has("token") ? parameters.text("token").filter(HookRoutes::token) : before.token(),
                parameters.has("signing_token") ? signingKey(parameters) : before.signingKey(),
                text(parameters, "name", before.name()),
                text(parameters, "description", before.description()),
                parameters.flag("push_events", before.onPush()),
                parameters.flag("tag_push_events", before.onTag()),
                parameters.flag("deployment_events", before.onDeployment()),
                Optional.ofNullable(text(parameters, "push_events_branch_filter", before.branchFilter()))
                        .orElse(""));
    }

    private static URI url(String text) {
        return HookUrl.read(text).orElseThrow(() -> ApiError.error(422, "Invalid url given", Map.of()));
    }

    /** Goes into a header. */
    private static boolean token(String text) {
        if (text.length() > TEXT_LENGTH_MAX || text.chars().anyMatch(c -> c < ' ' || c > 126)) {
            throw ApiError.invalid("token", "must have at most " + TEXT_LENGTH_MAX + " printable ASCII characters");
        }
        return !text.isEmpty();
    }

    private static Optional<SigningKey> signingKey(Parameters parameters) {
        return parameters
                .text("signing_token")
                .filter(text -> !text.isEmpty())
                .map(text -> SigningKey.read(text)
                        .orElseThrow(() ->
                                ApiError.invalid("signing_token", "must be whsec_ followed by 32 bytes in Base64")));
    }

    private static @Nullable String text(Parameters parameters, String name, @Nullable String before) {
        Optional<String> text = parameters.text(name);
        if (text.filter(value -> value.length() > TEXT_LENGTH_MAX).isPresent()) {
            throw ApiError.invalid(name, "is too long (maximum is " + TEXT_LENGTH_MAX + " characters)");
        }
        return parameters.has(name) ? text.orElse(null) : before;
    }

    private Reply delete(Exchange exchange) {
        hooks.delete(exchange.projectId(), named(exchange).id());
        return Reply.noContent();
    }

    /** Calls the hook with what happened last; a good answer lets it be called again. */
    private Reply test(Exchange exchange) {
        Hook hook = named(exchange);
        String trigger = exchange.path("trigger");
        if (!TRIGGERS.contains(trigger)) {
            throw ApiError.badParameter("trigger does not have a valid value");
        }
        Project project = projects.byId(exchange.projectId()).orElseThrow(() -> ApiError.notFound("Project"));
        HookSender.Outcome outcome = delivery.once(project, hook, sample(exchange.person(), project, trigger));
        if (outcome.good()) {
            return Reply.created(Map.of("message", "201 Created"));
        }
        throw ApiError.message(
                422,
                switch (outcome) {
                    case HookSender.Outcome.Answered(int status) -> "Hook executed but returned HTTP " + status;
                    case HookSender.Outcome.Failed(String why) -> "Hook execution failed: " + why;
                });
    }

    private HookEvent sample(Caller.Person person, Project project, String trigger) {
        if (trigger.equals("deployment_events")) {
            return deployments
                    .newest(project.id())
                    .map(HookEvent.Deployed::new)
                    .orElseThrow(() -> ApiError.message(422, "Ensure the project has deployments."));
        }
        Pusher pusher = new Pusher.Person(person.userId(), person.username(), person.admin());
        try (OpenRepository repository = repositories.read(project.id(), project.defaultBranch())) {
            CommitInfo last = repository
                    .history()
                    .commit(project.defaultBranch())
                    .orElseThrow(() -> ApiError.message(422, "Ensure the project has at least one commit."));
            if (trigger.equals("tag_push_events")) {
                String tag = repository.refs().tagNames().stream()
                        .findFirst()
                        .orElseThrow(() -> ApiError.message(422, "Ensure the project has tags."));
                return new HookEvent.TagPush(
                        pusher,
                        new PushEvent.Update(HookEvent.TagPush.TAGS + tag, RefChange.NOTHING, last.id()),
                        List.of());
            }
            String before = last.parents().stream().findFirst().orElse(RefChange.NOTHING);
            return new HookEvent.Push(
                    pusher,
                    new PushEvent.Update(HookEvent.Push.HEADS + project.defaultBranch(), before, last.id()),
                    List.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Hook named(Exchange exchange) {
        return hooks.byId(exchange.projectId(), exchange.pathNumber("hook_id", "Hook"))
                .orElseThrow(() -> ApiError.notFound("Hook"));
    }

    private HookJson json(Hook hook) {
        Hook.Settings settings = hook.settings();
        return new HookJson(
                hook.id(),
                settings.url().toString(),
                settings.name(),
                settings.description(),
                hook.projectId(),
                Times.text(hook.createdAt()),
                settings.onPush(),
                settings.onTag(),
                settings.onDeployment(),
                false,
                false,
                false,
                false,
                false,
                false,
                false,
                false,
                false,
                settings.branchFilter(),
                "wildcard",
                true,
                hook.alert(clock.instant()).text(),
                Times.textOrNull(hook.disabledUntil()),
                settings.token().isPresent(),
                settings.signingKey().isPresent(),
                List.of());
    }
}
