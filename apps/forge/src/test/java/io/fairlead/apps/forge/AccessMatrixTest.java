package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.forge.access.Role;
import io.fairlead.forge.access.Scope;
import io.fairlead.forge.access.Visibility;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.PathParameters;
import io.fairlead.forge.api.Request;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.api.Router;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every route on a project or group, for every role, visibility and scope, at the gate that each request passes. What is
 * expected is computed from docs/internals/access-table.md. Roles are inherited: people are members of the group above.
 */
class AccessMatrixTest {
    private static final String OUTSIDER = "outsider";
    private static final String ADMIN = "boss";

    @TempDir
    static Path folder;

    private static RunningForge forge;
    private static Router router;
    private static final Map<Visibility, Long> projects = new EnumMap<>(Visibility.class);
    private static final Map<Visibility, Long> groups = new EnumMap<>(Visibility.class);

    /** Person, then scope, to token. */
    private static final Map<String, Map<Scope, String>> tokens = new LinkedHashMap<>();

    @BeforeAll
    static void start() throws Exception {
        forge = new RunningForge(folder);
        router = forge.app.router();
        tokens(OUTSIDER, false);
        tokens(ADMIN, true);
        for (Role role : Role.values()) {
            tokens(role.title(), false);
        }
        for (Visibility visibility : Visibility.values()) {
            String name = visibility.text();
            long top = forge.post("/api/v4/groups", "name=top&path=top-" + name + "&visibility=" + name)
                    .id();
            long group = forge.post("/api/v4/groups", "name=sub&path=sub&parent_id=" + top + "&visibility=" + name)
                    .id();
            groups.put(visibility, group);
            projects.put(
                    visibility,
                    forge.post("/api/v4/projects", "name=p&namespace_id=" + group + "&visibility=" + name)
                            .id());
            for (Role role : Role.values()) {
                String member = "user_id=" + forge.userId(role.title()) + "&access_level=" + role.level();
                assertThat(forge.post("/api/v4/groups/" + top + "/members", member)
                                .status())
                        .isEqualTo(201);
            }
        }
    }

    @AfterAll
    static void stop() throws Exception {
        forge.close();
    }

    private static void tokens(String person, boolean admin) {
        long id = forge.post(
                        "/api/v4/users",
                        "username=" + person + "&name=x&email=" + person + "@x" + (admin ? "&admin=true" : ""))
                .id();
        Map<Scope, String> own = new EnumMap<>(Scope.class);
        for (Scope scope : Scope.values()) {
            own.put(scope, forge.tokenOf(id, scope.text()));
        }
        tokens.put(person, own);
    }

    @Test
    void theGateLetsThroughWhatTheTableSaysAndNothingElse() {
        int tried = 0;
        for (AccessTableTest.Line line : AccessTableTest.lines()) {
            boolean onProject = line.path().startsWith("/api/v4/projects/:id");
            if (!onProject && !line.path().startsWith("/api/v4/groups/:id")) {
                continue;
            }
            Route route = route(line);
            for (Visibility visibility : Visibility.values()) {
                long id = Objects.requireNonNull((onProject ? projects : groups).get(visibility));
                for (Map.Entry<String, Map<Scope, String>> person : tokens.entrySet()) {
                    for (Map.Entry<Scope, String> token : person.getValue().entrySet()) {
                        Scope scope = token.getKey();
                        assertThat(answer(route, id, token.getValue()))
                                .as("%s of a %s one, %s with %s", line, visibility, person.getKey(), scope)
                                .isEqualTo(expected(line, visibility, person.getKey(), scope));
                        tried++;
                    }
                }
            }
        }
        assertThat(tried).isGreaterThan(3_000);
    }

    private static Route route(AccessTableTest.Line line) {
        List<Route> found = router.routes().stream()
                .filter(route -> route.method().name().equals(line.method())
                        && route.path().toString().equals(line.path()))
                .toList();
        assertThat(found).as("%s", line).hasSize(1);
        return found.getFirst();
    }

    private static int answer(Route route, long id, String token) {
        Request request = new Request(
                route.method().name(),
                "/",
                "",
                Map.of("private-token", List.of(token)),
                "",
                InputStream.nullInputStream());
        try {
            router.gate().admit(route.access(), request, new PathParameters(Map.of("id", Long.toString(id))));
            return 200;
        } catch (ApiError e) {
            return e.reply().status();
        }
    }

    private static int expected(AccessTableTest.Line line, Visibility visibility, String person, Scope scope) {
        if (!line.scopes().contains(scope.text())) {
            return 403;
        }
        if (person.equals(ADMIN)) {
            return 200;
        }
        if (person.equals(OUTSIDER)) {
            return visibility == Visibility.PRIVATE ? 404 : line.seen() ? 200 : 403;
        }
        Role role = Role.valueOf(person.toUpperCase(java.util.Locale.ROOT));
        Role least = Role.valueOf(line.who().replace(" or job", "").toUpperCase(java.util.Locale.ROOT));
        return role.compareTo(least) >= 0 || (line.seen() && visibility != Visibility.PRIVATE) ? 200 : 403;
    }
}
