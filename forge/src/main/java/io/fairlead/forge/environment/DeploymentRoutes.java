package io.fairlead.forge.environment;

import io.fairlead.forge.access.Permission;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Page;
import io.fairlead.forge.api.Parameters;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import java.util.List;
import java.util.regex.Pattern;

/** Deployments over the API, for people and for the project's jobs. */
public final class DeploymentRoutes {
    private static final Pattern SHA = Pattern.compile("[0-9a-f]{40}([0-9a-f]{24})?");
    /** What Git takes for the short name of a branch or tag. */
    private static final Pattern REF =
            Pattern.compile("(?!.*(\\.\\.|//|@\\{|\\.lock(/|$)))[^\\p{Cntrl} ~^:?*\\[\\\\]{1,255}(?<![/.])");

    private final DeploymentQueries deployments;
    private final EnvironmentView view;
    private final DeploymentListener listener;

    public DeploymentRoutes(DeploymentQueries deployments, EnvironmentView view, DeploymentListener listener) {
        this.deployments = deployments;
        this.view = view;
        this.listener = listener;
    }

    public List<Route> routes() {
        Access read = Access.readingAlsoInJobs(Permission.READ_ENVIRONMENTS);
        Access change = Access.changingAlsoInJobs(Permission.DEPLOY);
        String all = "/projects/:id/deployments";
        String one = all + "/:deployment_id";
        return List.of(
                Route.api(Method.GET, all, read, this::list),
                Route.api(Method.POST, all, change, this::add),
                Route.api(Method.GET, one, read, exchange -> Reply.ok(view.json(named(exchange)))),
                Route.api(Method.PUT, one, change, this::change),
                Route.api(Method.DELETE, one, change, this::delete));
    }

    private Reply list(Exchange exchange) {
        Page page = Page.of(exchange);
        DeploymentFilter filter = DeploymentFilter.of(exchange.projectId(), exchange.parameters());
        List<EnvironmentJson.DeploymentJson> part = deployments.list(filter, page.offset(), page.size()).stream()
                .map(view::json)
                .toList();
        return page.reply(exchange, part, deployments.count(filter));
    }

    private Reply add(Exchange exchange) {
        Parameters parameters = exchange.parameters();
        String environment = EnvironmentText.checkedName(parameters.requiredText("environment"));
        String sha = parameters.requiredText("sha");
        String ref = parameters.requiredText("ref");
        if (!parameters.has("tag")) {
            throw ApiError.badParameter("tag is missing");
        }
        if (!SHA.matcher(sha).matches()) {
            throw ApiError.badParameter("sha is invalid");
        }
        if (!REF.matcher(ref).matches()) {
            throw ApiError.badParameter("ref is invalid");
        }
        Deployment added = deployments
                .add(new Deployment.Draft(
                        exchange.projectId(),
                        environment,
                        ref,
                        sha,
                        parameters.flag("tag", false),
                        status(parameters),
                        exchange.userId()))
                .orElseThrow(() -> ApiError.invalid("environment", "has the slug of another environment"));
        listener.changed(added);
        return Reply.created(view.json(added));
    }

    private Reply change(Exchange exchange) {
        Deployment deployment = named(exchange);
        Deployment.Status status = status(exchange.parameters());
        if (!deployment.status().leadsTo(status)) {
            throw ApiError.invalid(
                    "status",
                    "cannot become " + status.text() + " when it is "
                            + deployment.status().text());
        }
        Deployment changed = deployments.turn(deployment, status).orElseThrow(() -> ApiError.notFound("Deployment"));
        listener.changed(changed);
        return Reply.ok(view.json(changed));
    }

    private static Deployment.Status status(Parameters parameters) {
        return parameters
                .oneOf("status", Deployment.Status.SETTABLE)
                .map(Deployment.Status::of)
                .orElseThrow(() -> ApiError.badParameter("status is missing"));
    }

    private Reply delete(Exchange exchange) {
        Deployment deployment = named(exchange);
        if (deployment.status() == Deployment.Status.RUNNING) {
            throw ApiError.message(400, "Cannot destroy running deployment");
        }
        boolean current = deployments
                .last(deployment.environment().id())
                .filter(last -> last.id() == deployment.id())
                .isPresent();
        if (current) {
            throw ApiError.message(400, "Deployment currently deployed to environment");
        }
        deployments.delete(deployment.id());
        return Reply.noContent();
    }

    private Deployment named(Exchange exchange) {
        return deployments
                .byId(exchange.projectId(), exchange.pathNumber("deployment_id", "Deployment"))
                .orElseThrow(() -> ApiError.notFound("Deployment"));
    }
}
