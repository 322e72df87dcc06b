package io.fairlead.forge.key;

import io.fairlead.forge.access.Permission;
import io.fairlead.forge.access.RoleQueries;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Page;
import io.fairlead.forge.api.Parameters;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.api.Times;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** SSH keys of machines, project by project. */
public final class DeployKeyRoutes {
    record DeployKeyJson(
            long id,
            String title,
            String key,
            String fingerprint,
            String fingerprintSha256,
            String createdAt,
            @Nullable String expiresAt,
            boolean canPush) {}

    private static final int TITLE_LENGTH_MAX = 255;

    private final KeyQueries keys;
    private final RoleQueries roles;
    private final InstantSource clock;

    public DeployKeyRoutes(KeyQueries keys, RoleQueries roles, InstantSource clock) {
        this.keys = keys;
        this.roles = roles;
        this.clock = clock;
    }

    public List<Route> routes() {
        Access read = Access.reading(Permission.ADMIN_DEPLOY_KEYS);
        Access change = Access.changing(Permission.ADMIN_DEPLOY_KEYS);
        String all = "/projects/:id/deploy_keys";
        return List.of(
                Route.api(Method.GET, all, read, this::list),
                Route.api(Method.POST, all, change, this::add),
                Route.api(Method.GET, all + "/:key_id", read, exchange -> Reply.ok(json(named(exchange)))),
                Route.api(Method.PUT, all + "/:key_id", change, this::change),
                Route.api(Method.DELETE, all + "/:key_id", change, this::remove),
                Route.api(Method.POST, all + "/:key_id/enable", change, this::enable));
    }

    private Reply list(Exchange exchange) {
        return Page.answer(exchange, keys.deployKeys(exchange.projectId()), DeployKeyRoutes::json);
    }

    private Reply add(Exchange exchange) {
        Parameters parameters = exchange.parameters();
        String title = title(parameters.requiredText("title"));
        SshPublicKey key = KeyText.key(parameters);
        DeployKey added = keys.addDeployKey(
                        exchange.projectId(),
                        title,
                        key,
                        parameters.flag("can_push", false),
                        parameters.timeAfter("expires_at", clock.instant()).orElse(null))
                .orElseThrow(() -> ApiError.invalid("deploy_key.fingerprint_sha256", "has already been taken"));
        return Reply.created(json(added));
    }

    private Reply change(Exchange exchange) {
        Parameters parameters = exchange.parameters();
        Optional<Boolean> canPush =
                parameters.has("can_push") ? Optional.of(parameters.flag("can_push", false)) : Optional.empty();
        DeployKey changed = keys.changeDeployKey(
                        exchange.projectId(),
                        named(exchange).id(),
                        parameters.text("title").map(DeployKeyRoutes::title),
                        canPush)
                .orElseThrow(() -> ApiError.notFound("Deploy Key"));
        return Reply.ok(json(changed));
    }

    private Reply remove(Exchange exchange) {
        keys.removeDeployKey(exchange.projectId(), named(exchange).id());
        return Reply.noContent();
    }

    /** Only a key of another project that the caller may care for as well. */
    private Reply enable(Exchange exchange) {
        long id = exchange.pathNumber("key_id", "Deploy Key");
        boolean theirs = exchange.person().admin()
                || keys.projectsOf(id).stream()
                        .anyMatch(project -> roles.inProject(exchange.person().userId(), project)
                                .filter(role -> role.atLeast(Permission.ADMIN_DEPLOY_KEYS.least()))
                                .isPresent());
        if (!theirs) {
            throw ApiError.notFound("Deploy Key");
        }
        DeployKey enabled = keys.enableDeployKey(exchange.projectId(), id)
                .or(() -> keys.deployKey(exchange.projectId(), id))
                .orElseThrow(() -> ApiError.notFound("Deploy Key"));
        return Reply.created(json(enabled));
    }

    private static String title(String title) {
        if (title.isBlank() || title.length() > TITLE_LENGTH_MAX) {
            throw ApiError.invalid("title", "must have 1 to " + TITLE_LENGTH_MAX + " characters");
        }
        return title;
    }

    private DeployKey named(Exchange exchange) {
        return keys.deployKey(exchange.projectId(), exchange.pathNumber("key_id", "Deploy Key"))
                .orElseThrow(() -> ApiError.notFound("Deploy Key"));
    }

    private static DeployKeyJson json(DeployKey key) {
        return new DeployKeyJson(
                key.id(),
                key.title(),
                key.key().text(),
                key.key().md5(),
                "SHA256:" + key.key().sha256(),
                Times.text(key.createdAt()),
                Times.textOrNull(key.expiresAt()),
                key.canPush());
    }
}
