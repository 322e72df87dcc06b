package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.apps.forge.RunningForge.Answer;
import io.fairlead.forge.access.JobIdentity;
import io.fairlead.forge.access.Scope;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.Route;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Reads the table of routes and proves each one guarded: called with nothing, with garbage, and with the good credentials
 * of someone else. A new route is covered from the moment it is in the table.
 */
class GuardTest {
    @TempDir
    static Path folder;

    private static RunningForge forge;
    private static long project;
    private static long agent;
    private static long group;
    private static String stranger;
    private static String narrow;
    private static String otherwiseNarrow;
    private static String agentToken;
    private static final String strangersJob = "glcbt-strangers";

    @BeforeAll
    static void start() throws Exception {
        forge = new RunningForge(folder);
        project = forge.project("guarded");
        agent = forge.agent(project, "prod");
        group = forge.post("/api/v4/groups", "name=guarded&path=guarded-group").id();
        agentToken = forge.agentToken(project, agent);
        stranger = forge.personWithToken("stranger", "api");
        long theirs =
                forge.call("POST", "/api/v4/projects", stranger, "name=theirs").id();
        forge.app
                .jobTokens()
                .put(
                        strangersJob,
                        new JobIdentity(1, 1, theirs, forge.userId("stranger"), false, null),
                        Instant.now().plusSeconds(3600));
        narrow = forge.tokenOf(1, "k8s_proxy");
        otherwiseNarrow = forge.tokenOf(1, "read_registry");
    }

    @AfterAll
    static void stop() throws Exception {
        forge.close();
    }

    @Test
    void everyRouteRefusesWhoeverMayNotCallIt() throws Exception {
        List<Route> routes = forge.app.router().routes();
        assertThat(routes).hasSizeGreaterThan(35);
        for (Route route : routes) {
            String path = path(route);
            switch (route.access()) {
                case Access.Anyone() ->
                    assertThat(call(route, path, Map.of()).status())
                            .as("%s", route)
                            .isEqualTo(200);
                case Access.SignedIn _ -> refusesPersons(route, path);
                case Access.Administrator _ -> {
                    refusesPersons(route, path);
                    assertThat(token(route, path, stranger)).as("%s", route).isEqualTo(403);
                }
                case Access.OnProject _ -> {
                    refusesPersons(route, path);
                    assertThat(token(route, path, stranger)).as("%s", route).isEqualTo(404);
                }
                case Access.OnProjectOrJob _ -> {
                    refusesPersons(route, path);
                    assertThat(token(route, path, stranger)).as("%s", route).isEqualTo(404);
                    assertThat(call(route, path, Map.of("Job-Token", forge.rootToken))
                                    .status())
                            .as("%s", route)
                            .isEqualTo(401);
                    assertThat(call(route, path, Map.of("Job-Token", strangersJob))
                                    .status())
                            .as("%s", route)
                            .isEqualTo(404);
                }
                case Access.OnGroup _ -> {
                    refusesPersons(route, path);
                    assertThat(token(route, path, stranger)).as("%s", route).isEqualTo(404);
                }
                case Access.Kas() -> refusesAllButKas(route, path);
                case Access.KasForAgent() -> {
                    refusesAllButKas(route, path);
                    assertThat(call(route, path, Map.of("Gitlab-Kas-Api-Request", forge.kasJwt()))
                                    .status())
                            .as("%s", route)
                            .isEqualTo(401);
                }
                case Access.RunningJob() -> {
                    refusesPersons(route, path);
                    assertThat(call(route, path, Map.of("Job-Token", forge.rootToken))
                                    .status())
                            .as("%s", route)
                            .isEqualTo(401);
                    assertThat(call(route, path, Map.of("Job-Token", agentToken))
                                    .status())
                            .as("%s", route)
                            .isEqualTo(401);
                }
                case Access.GitClient() -> {
                    assertThat(call(route, path, Map.of()).status())
                            .as("%s", route)
                            .isEqualTo(401);
                    assertThat(basic(route, path, "glpat-garbage"))
                            .as("%s", route)
                            .isEqualTo(401);
                    assertThat(basic(route, path, agentToken)).as("%s", route).isEqualTo(401);
                    assertThat(basic(route, path, stranger)).as("%s", route).isEqualTo(404);
                    assertThat(basic(route, path, narrow)).as("%s", route).isEqualTo(403);
                }
            }
        }
    }

    private static void refusesPersons(Route route, String path) {
        assertThat(call(route, path, Map.of()).status()).as("%s", route).isEqualTo(401);
        assertThat(token(route, path, "glpat-garbage")).as("%s", route).isEqualTo(401);
        assertThat(token(route, path, agentToken)).as("%s", route).isEqualTo(401);
        assertThat(call(route, path, Map.of("Authorization", "Basic eDp5")).status())
                .as("%s", route)
                .isEqualTo(401);
        boolean anyToken = route.path().toString().endsWith("/personal_access_tokens/self");
        if (!anyToken && !(route.access() instanceof Access.RunningJob)) {
            boolean forKubectl =
                    route.access() instanceof Access.SignedIn(var anyOf) && anyOf.contains(Scope.K8S_PROXY);
            assertThat(token(route, path, forKubectl ? otherwiseNarrow : narrow))
                    .as("%s with too narrow a token", route)
                    .isEqualTo(403);
        }
    }

    private static void refusesAllButKas(Route route, String path) throws Exception {
        assertThat(call(route, path, Map.of()).status()).as("%s", route).isEqualTo(401);
        assertThat(token(route, path, forge.rootToken)).as("%s", route).isEqualTo(401);
        assertThat(call(route, path, Map.of("Gitlab-Agent-Api-Request", agentToken))
                        .status())
                .as("%s", route)
                .isEqualTo(401);
        String signature = forge.kasJwt();
        String forged = signature.substring(0, signature.lastIndexOf('.') + 1) + "AAAA";
        Map<String, String> headers = Map.of("Gitlab-Kas-Api-Request", forged, "Gitlab-Agent-Api-Request", agentToken);
        assertThat(call(route, path, headers).status()).as("%s", route).isEqualTo(401);
    }

    private static String path(Route route) {
        return route.path()
                .toString()
                .replace("/users/:id", "/users/1")
                .replace("/personal_access_tokens/:id", "/personal_access_tokens/1")
                .replace("/projects/:id", "/projects/" + project)
                .replace("/groups/:id", "/groups/" + group)
                .replace("/namespaces/:id", "/namespaces/1")
                .replace(":group_id", "1")
                .replace(":agent_id", Long.toString(agent))
                .replace(":token_id", "1")
                .replace(":user_id", "1")
                .replace(":key_id", "1")
                .replace(":key", "K")
                .replace(":environment_id", "1")
                .replace(":deployment_id", "1")
                .replace(":hook_id", "1")
                .replace(":trigger", "push_events")
                .replace(":branch", "main")
                .replace(":tag_name", "v1")
                .replace(":sha", "main")
                .replace(":file_path", "f")
                .replace(":configuration_id", "1")
                .replace("*path/info/refs", "root/guarded.git/info/refs?service=git-upload-pack")
                .replace("*path", "root/guarded.git");
    }

    private static int token(Route route, String path, String token) {
        return call(route, path, Map.of("PRIVATE-TOKEN", token)).status();
    }

    private static int basic(Route route, String path, String token) {
        return call(route, path, Map.of("Authorization", GitTest.basic(token))).status();
    }

    private static Answer call(Route route, String path, Map<String, String> headers) {
        return forge.send(route.method().name(), path, headers, "");
    }
}
