package io.fairlead.forge.identity;

import io.fairlead.forge.access.Scope;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Page;
import io.fairlead.forge.api.Parameters;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** People over the API: oneself, others, and new ones made by an administrator, who also changes, blocks and removes them. */
public final class UserRoutes {
    private static final Set<Scope> READ_USER = Set.of(Scope.API, Scope.READ_API, Scope.READ_USER);

    private final UserQueries users;
    private final UserRemoval removal;
    private final Passwords passwords;
    private final InstantSource clock;
    private final String externalUrl;

    public UserRoutes(
            UserQueries users, UserRemoval removal, Passwords passwords, InstantSource clock, String externalUrl) {
        this.users = users;
        this.removal = removal;
        this.passwords = passwords;
        this.clock = clock;
        this.externalUrl = externalUrl;
    }

    public List<Route> routes() {
        Access reading = new Access.SignedIn(READ_USER);
        Access admin = Access.administrator();
        return List.of(
                Route.api(Method.GET, "/user", reading, this::self),
                Route.api(Method.GET, "/users", reading, this::list),
                Route.api(Method.GET, "/users/:id", reading, this::one),
                Route.api(Method.POST, "/users", admin, this::create),
                Route.api(Method.PUT, "/users/:id", admin, this::change),
                Route.api(Method.DELETE, "/users/:id", admin, this::remove),
                Route.api(Method.POST, "/users/:id/block", admin, exchange -> turn(exchange, User.State.BLOCKED)),
                Route.api(Method.POST, "/users/:id/unblock", admin, exchange -> turn(exchange, User.State.ACTIVE)));
    }

    private Reply self(Exchange exchange) {
        return Reply.ok(UserJson.Private.of(
                users.byId(exchange.person().userId()).orElseThrow(ApiError::unauthorized), externalUrl));
    }

    private Reply list(Exchange exchange) {
        Parameters parameters = exchange.parameters();
        Optional<User.State> state = parameters.flag("blocked", false)
                ? Optional.of(User.State.BLOCKED)
                : parameters.flag("active", false) ? Optional.of(User.State.ACTIVE) : Optional.empty();
        UserFilter filter = new UserFilter(
                parameters.text("username"),
                parameters.searched("search").orElse(""),
                state,
                parameters.flag("humans", false) || parameters.flag("without_project_bots", false));
        Page page = Page.of(exchange);
        List<Object> part = users.list(filter, page.offset(), page.size()).stream()
                .map(user -> shown(user, exchange.person().admin()))
                .toList();
        return page.reply(exchange, part, users.count(filter));
    }

    private Reply one(Exchange exchange) {
        return Reply.ok(shown(named(exchange), exchange.person().admin()));
    }

    private Object shown(User user, boolean toAdmin) {
        return toAdmin ? UserJson.Private.of(user, externalUrl) : UserJson.of(user, externalUrl);
    }

    private Reply create(Exchange exchange) {
        Parameters parameters = exchange.parameters();
        String username = parameters.requiredText("username");
        String name = parameters.requiredText("name");
        String email = parameters.requiredText("email");
        Optional<String> password = parameters.text("password");
        UserText.check(Optional.of(username), Optional.of(name), Optional.of(email), password);
        String hash = password.map(text -> passwords.hash(text.toCharArray())).orElse(null);
        User user = users.create(username, name, email, parameters.flag("admin", false), hash, clock.instant())
                .orElseThrow(() -> ApiError.message(409, "Username has already been taken"));
        return Reply.created(UserJson.Private.of(user, externalUrl));
    }

    private Reply change(Exchange exchange) {
        Parameters parameters = exchange.parameters();
        User user = named(exchange);
        Optional<String> username = parameters.text("username");
        Optional<String> name = parameters.text("name");
        Optional<String> email = parameters.text("email");
        Optional<String> password = parameters.text("password");
        UserText.check(username, name, email, password);
        Optional<Boolean> admin =
                parameters.has("admin") ? Optional.of(parameters.flag("admin", false)) : Optional.empty();
        User changed = changed(user, new UserQueries.Change(username, name, email, admin))
                .orElseThrow(() -> ApiError.message(409, "Username has already been taken"));
        password.ifPresent(text -> users.changePassword(user.id(), passwords.hash(text.toCharArray())));
        return Reply.ok(UserJson.Private.of(changed, externalUrl));
    }

    private Optional<User> changed(User user, UserQueries.Change change) {
        try {
            return users.change(user.id(), change);
        } catch (UserQueries.LastAdministrator e) {
            throw ApiError.forbidden("the last administrator stays one");
        }
    }

    private Reply turn(Exchange exchange, User.State state) {
        User user = named(exchange);
        if (state == User.State.BLOCKED && user.id() == exchange.person().userId()) {
            throw ApiError.forbidden("you would lock yourself out");
        }
        try {
            users.turn(user.id(), state);
        } catch (UserQueries.LastAdministrator e) {
            throw ApiError.forbidden("the last administrator stays one");
        }
        return Reply.created(true);
    }

    private Reply remove(Exchange exchange) {
        User user = named(exchange);
        if (user.id() == exchange.person().userId() || users.lastAdministrator(user.id())) {
            throw staying();
        }
        List<String> groups = removal.onlyOwnerOf(user.id());
        if (!groups.isEmpty()) {
            throw onlyOwner(groups);
        }
        try {
            removal.remove(user);
        } catch (UserQueries.LastAdministrator e) {
            throw staying();
        } catch (UserQueries.OnlyOwner e) {
            throw onlyOwner(e.groups());
        }
        return Reply.noContent();
    }

    private static ApiError staying() {
        return ApiError.forbidden("the last administrator and oneself stay");
    }

    private static ApiError onlyOwner(List<String> groups) {
        return ApiError.message(
                409,
                "User cannot be removed: they are the only owner of " + String.join(", ", groups)
                        + "; make someone else an owner first");
    }

    private User named(Exchange exchange) {
        return users.byId(exchange.pathNumber("id", "User"))
                .filter(user -> user.kind() != User.Kind.GHOST)
                .orElseThrow(() -> ApiError.notFound("User"));
    }
}
