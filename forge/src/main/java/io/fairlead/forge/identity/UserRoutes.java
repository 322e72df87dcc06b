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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** People over the API: oneself, others, and new ones made by an administrator. */
public final class UserRoutes {
    private static final Set<Scope> READ_USER = Set.of(Scope.API, Scope.READ_API, Scope.READ_USER);
    private static final int PASSWORD_LENGTH_MIN = 8;
    private static final int PASSWORD_LENGTH_MAX = 128;
    private static final int TEXT_LENGTH_MAX = 255;

    private final UserQueries users;
    private final Passwords passwords;
    private final InstantSource clock;
    private final String externalUrl;

    public UserRoutes(UserQueries users, Passwords passwords, InstantSource clock, String externalUrl) {
        this.users = users;
        this.passwords = passwords;
        this.clock = clock;
        this.externalUrl = externalUrl;
    }

    public List<Route> routes() {
        return List.of(
                Route.api(Method.GET, "/user", new Access.SignedIn(READ_USER), this::self),
                Route.api(Method.GET, "/users", new Access.SignedIn(READ_USER), this::list),
                Route.api(Method.GET, "/users/:id", new Access.SignedIn(READ_USER), this::one),
                Route.api(Method.POST, "/users", Access.administrator(), this::create));
    }

    private Reply self(Exchange exchange) {
        return Reply.ok(UserJson.Private.of(
                users.byId(exchange.person().userId()).orElseThrow(ApiError::unauthorized), externalUrl));
    }

    private Reply list(Exchange exchange) {
        Page page = Page.of(exchange);
        Optional<String> username = exchange.parameters().text("username");
        if (username.isPresent()) {
            List<UserJson> found = users.byUsername(username.get()).stream()
                    .map(user -> UserJson.of(user, externalUrl))
                    .toList();
            return page.reply(exchange, found, found.size());
        }
        List<UserJson> part = users.list(page.offset(), page.size()).stream()
                .map(user -> UserJson.of(user, externalUrl))
                .toList();
        return page.reply(exchange, part, users.count());
    }

    private Reply one(Exchange exchange) {
        User user = users.byId(exchange.pathNumber("id", "User")).orElseThrow(() -> ApiError.notFound("User"));
        return Reply.ok(
                exchange.person().admin() ? UserJson.Private.of(user, externalUrl) : UserJson.of(user, externalUrl));
    }

    private Reply create(Exchange exchange) {
        Parameters parameters = exchange.parameters();
        String username = parameters.requiredText("username");
        String name = parameters.requiredText("name");
        String email = parameters.requiredText("email");
        Optional<String> password = parameters.text("password");
        Map<String, List<String>> problems = new LinkedHashMap<>();
        if (!Names.top(username)) {
            problems.put(
                    "username",
                    List.of("can contain only letters, digits, '_', '-' and '.', and must not be a reserved name"));
        }
        if (name.length() > TEXT_LENGTH_MAX) {
            problems.put("name", List.of("is too long (maximum is " + TEXT_LENGTH_MAX + " characters)"));
        }
        if (email.length() > TEXT_LENGTH_MAX || !email.matches("[^@\\s]+@[^@\\s]+")) {
            problems.put("email", List.of("is invalid"));
        }
        password.map(String::length)
                .filter(length -> length < PASSWORD_LENGTH_MIN || length > PASSWORD_LENGTH_MAX)
                .ifPresent(length -> problems.put(
                        "password",
                        List.of("must have " + PASSWORD_LENGTH_MIN + " to " + PASSWORD_LENGTH_MAX + " characters")));
        if (!problems.isEmpty()) {
            throw ApiError.invalid(problems);
        }
        String hash = password.map(text -> passwords.hash(text.toCharArray())).orElse(null);
        User user = users.create(username, name, email, parameters.flag("admin", false), hash, clock.instant())
                .orElseThrow(() -> ApiError.message(409, "Username has already been taken"));
        return Reply.created(UserJson.Private.of(user, externalUrl));
    }
}
