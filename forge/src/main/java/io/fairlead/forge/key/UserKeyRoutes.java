package io.fairlead.forge.key;

import io.fairlead.forge.access.Scope;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Page;
import io.fairlead.forge.api.Parameters;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.api.Times;
import io.fairlead.forge.identity.UserQueries;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** SSH keys of people over the API: one's own; an administrator's care for those of others. */
public final class UserKeyRoutes {
    record KeyJson(
            long id,
            String title,
            String key,
            String createdAt,
            @Nullable String expiresAt,
            @Nullable String lastUsedAt,
            String usageType) {}

    private static final int TITLE_LENGTH_MAX = 255;
    private static final Set<Scope> READ_USER = Set.of(Scope.API, Scope.READ_API, Scope.READ_USER);

    private final KeyQueries keys;
    private final UserQueries users;
    private final InstantSource clock;

    public UserKeyRoutes(KeyQueries keys, UserQueries users, InstantSource clock) {
        this.keys = keys;
        this.users = users;
        this.clock = clock;
    }

    public List<Route> routes() {
        Access reading = new Access.SignedIn(READ_USER);
        Access admin = Access.administrator();
        return List.of(
                Route.api(Method.GET, "/user/keys", reading, exchange -> list(exchange, own(exchange))),
                Route.api(Method.POST, "/user/keys", Access.write(), exchange -> add(exchange, own(exchange))),
                Route.api(Method.GET, "/user/keys/:key_id", reading, exchange -> one(exchange, own(exchange))),
                Route.api(
                        Method.DELETE,
                        "/user/keys/:key_id",
                        Access.write(),
                        exchange -> delete(exchange, own(exchange))),
                Route.api(Method.GET, "/users/:id/keys", reading, exchange -> list(exchange, named(exchange))),
                Route.api(Method.POST, "/users/:id/keys", admin, exchange -> add(exchange, named(exchange))),
                Route.api(Method.GET, "/users/:id/keys/:key_id", reading, exchange -> one(exchange, named(exchange))),
                Route.api(
                        Method.DELETE,
                        "/users/:id/keys/:key_id",
                        admin,
                        exchange -> delete(exchange, named(exchange))));
    }

    private static long own(Exchange exchange) {
        return exchange.person().userId();
    }

    private long named(Exchange exchange) {
        return users.byId(exchange.pathNumber("id", "User"))
                .orElseThrow(() -> ApiError.notFound("User"))
                .id();
    }

    private Reply list(Exchange exchange, long userId) {
        return Page.answer(exchange, keys.userKeys(userId), UserKeyRoutes::json);
    }

    private Reply one(Exchange exchange, long userId) {
        return Reply.ok(json(key(exchange, userId)));
    }

    private Reply add(Exchange exchange, long userId) {
        Parameters parameters = exchange.parameters();
        String title = parameters.requiredText("title");
        if (title.length() > TITLE_LENGTH_MAX) {
            throw ApiError.invalid("title", "is too long (maximum is " + TITLE_LENGTH_MAX + " characters)");
        }
        SshPublicKey key = KeyText.key(parameters);
        UserKey added = keys.addUserKey(
                        userId,
                        title,
                        key,
                        parameters.timeAfter("expires_at", clock.instant()).orElse(null))
                .orElseThrow(() -> ApiError.invalid("fingerprint_sha256", "has already been taken"));
        return Reply.created(json(added));
    }

    private Reply delete(Exchange exchange, long userId) {
        keys.deleteUserKey(key(exchange, userId).id());
        return Reply.noContent();
    }

    private UserKey key(Exchange exchange, long userId) {
        return keys.userKey(exchange.pathNumber("key_id", "Key"))
                .filter(key -> key.userId() == userId)
                .orElseThrow(() -> ApiError.notFound("Key"));
    }

    private static KeyJson json(UserKey key) {
        return new KeyJson(
                key.id(),
                key.title(),
                key.key().text(),
                Times.text(key.createdAt()),
                Times.textOrNull(key.expiresAt()),
                Times.textOrNull(key.lastUsedAt()),
                "auth");
    }
}
