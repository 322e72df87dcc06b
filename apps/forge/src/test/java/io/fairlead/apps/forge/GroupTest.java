package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.apps.forge.RunningForge.Answer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Groups, their members and shares as clients of the API meet them; each test with names of its own. */
@Tag(TestDatabase.BOTH)
class GroupTest {
    private static final String GROUPS = "/api/v4/groups";

    @TempDir
    static Path folder;

    private static RunningForge forge;

    @BeforeAll
    static void start() throws Exception {
        forge = new RunningForge(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        forge.close();
    }

    private static long group(String path) {
        Answer made = forge.post(GROUPS, "name=" + path + "&path=" + path);
        assertThat(made.status()).as(made.response().body()).isEqualTo(201);
        return made.id();
    }

    private static long group(String path, long parent) {
        Answer made = forge.post(GROUPS, "name=" + path + "&path=" + path + "&parent_id=" + parent);
        assertThat(made.status()).as(made.response().body()).isEqualTo(201);
        return made.id();
    }

    private static long project(String name, long namespace) {
        Answer made = forge.post("/api/v4/projects", "{\"name\":\"" + name + "\",\"namespace_id\":" + namespace + "}");
        assertThat(made.status()).as(made.response().body()).isEqualTo(201);
        return made.id();
    }

    private static int status(String token, String path) {
        return forge.call("GET", path, token, "").status();
    }

    private static List<String> texts(JsonNode list, String member) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(node -> node.get(member).asString())
                .toList();
    }

    @Test
    void subgroupsAreFoundByTheirEncodedPath() {
        long top = group("fleet");
        Answer sub = forge.post(GROUPS, "{\"name\":\"Team A\",\"path\":\"team.a\",\"parent_id\":" + top + "}");
        assertThat(sub.json().get("full_path").asString()).isEqualTo("fleet/team.a");
        assertThat(sub.json().get("full_name").asString()).isEqualTo("fleet / Team A");
        assertThat(sub.json().get("parent_id").asLong()).isEqualTo(top);
        assertThat(forge.get(GROUPS + "/fleet%2Fteam%2Ea").id()).isEqualTo(sub.id());
        assertThat(forge.get(GROUPS + "/" + sub.id()).id()).isEqualTo(sub.id());
        assertThat(forge.get(GROUPS + "/fleet/team.a").status()).isEqualTo(404);
        assertThat(forge.get(GROUPS + "/root").status())
                .as("a person is no group")
                .isEqualTo(404);
        assertThat(forge.post(GROUPS, "name=x&path=team.a&parent_id=" + top).status())
                .isEqualTo(400);
        assertThat(forge.post(GROUPS, "name=x&path=api").status()).isEqualTo(400);
        assertThat(forge.post(GROUPS, "name=x&path=root").status()).isEqualTo(400);
        long project = project("App", sub.id());
        assertThat(forge.get("/api/v4/projects/fleet%2Fteam.a%2Fapp").id()).isEqualTo(project);
        assertThat(texts(forge.get(GROUPS + "/fleet/subgroups").json(), "full_path"))
                .containsExactly("fleet/team.a");
        assertThat(texts(forge.get(GROUPS + "/fleet/descendant_groups").json(), "full_path"))
                .containsExactly("fleet/team.a");
        assertThat(forge.get(GROUPS + "/fleet/projects").json()).isEmpty();
        assertThat(texts(
                        forge.get(GROUPS + "/fleet/projects?include_subgroups=true")
                                .json(),
                        "path_with_namespace"))
                .containsExactly("fleet/team.a/app");
        assertThat(forge.get("/api/v4/namespaces/fleet%2Fteam.a").id()).isEqualTo(sub.id());
    }

    @Test
    void outsidersOfAPrivateGroupAreToldThatThereIsNone() {
        long top = group("hidden-group");
        long sub = group("inner", top);
        long project = project("secret", sub);
        String outsider = forge.personWithToken("group-outsider", "api");
        for (String path : List.of(
                GROUPS + "/" + top,
                GROUPS + "/hidden-group",
                GROUPS + "/hidden-group%2Finner",
                GROUPS + "/" + top + "/members",
                GROUPS + "/" + top + "/projects",
                "/api/v4/namespaces/hidden-group",
                "/api/v4/projects/" + project)) {
            assertThat(status(outsider, path)).as(path).isEqualTo(404);
        }
        assertThat(texts(forge.call("GET", GROUPS, outsider, "").json(), "full_path"))
                .doesNotContain("hidden-group", "hidden-group/inner");

        forge.post(
                "/api/v4/projects/" + project + "/members",
                "user_id=" + forge.userId("group-outsider") + "&access_level=10");
        assertThat(status(outsider, GROUPS + "/hidden-group"))
                .as("it leads to their project")
                .isEqualTo(200);
        assertThat(status(outsider, GROUPS + "/" + top + "/members")).isEqualTo(403);
        assertThat(texts(forge.call("GET", GROUPS, outsider, "").json(), "full_path"))
                .contains("hidden-group", "hidden-group/inner");
    }

    @Test
    void membershipIsInheritedAndNobodyIsLessBelow() {
        long top = group("inherit");
        long sub = group("below", top);
        long project = project("app", sub);
        String token = forge.personWithToken("heir", "api");
        long heir = forge.userId("heir");
        forge.post(GROUPS + "/" + top + "/members", "user_id=" + heir + "&access_level=30");
        assertThat(status(token, "/api/v4/projects/" + project + "/cluster_agents"))
                .isEqualTo(200);
        JsonNode shown = forge.call("GET", "/api/v4/projects/" + project, token, "")
                .json()
                .get("permissions");
        assertThat(shown.get("project_access").isNull()).isTrue();
        assertThat(shown.get("group_access").get("access_level").asInt()).isEqualTo(30);
        String members = "/api/v4/projects/" + project + "/members";
        assertThat(forge.get(members).json()).isEmpty();
        assertThat(texts(forge.get(members + "/all").json(), "username")).containsExactlyInAnyOrder("root", "heir");
        assertThat(forge.get(members + "/all/" + heir)
                        .json()
                        .get("access_level")
                        .asInt())
                .isEqualTo(30);
        Answer less = forge.post(members, "user_id=" + heir + "&access_level=20");
        assertThat(less.status()).isEqualTo(400);
        assertThat(less.response().body()).contains("greater than or equal to Developer inherited membership");
        assertThat(forge.post(members, "username=heir&access_level=40").status())
                .isEqualTo(201);
        assertThat(forge.call("POST", "/api/v4/projects/" + project + "/cluster_agents", token, "name=a")
                        .status())
                .isEqualTo(201);
    }

    @Test
    void aGroupKeepsAnOwner() {
        long group = group("owned");
        String members = GROUPS + "/" + group + "/members";
        assertThat(forge.delete(members + "/1").status()).isEqualTo(403);
        assertThat(forge.call("PUT", members + "/1", forge.rootToken, "access_level=40")
                        .status())
                .isEqualTo(403);
        assertThat(forge.call("PUT", members + "/1", forge.rootToken, "access_level=50&expires_at=2999-01-01")
                        .status())
                .isEqualTo(403);
        forge.personWithToken("second-owner", "api");
        forge.post(members, "user_id=" + forge.userId("second-owner") + "&access_level=50");
        assertThat(forge.delete(members + "/1").status()).isEqualTo(204);
    }

    @Test
    void membershipsExpire() {
        long group = group("expiring");
        String members = GROUPS + "/" + group + "/members";
        forge.personWithToken("guest-for-a-day", "api");
        String member = "user_id=" + forge.userId("guest-for-a-day") + "&access_level=10&expires_at=";
        assertThat(forge.post(members, member + "2020-01-01").status()).isEqualTo(400);
        assertThat(forge.post(members, member + "tomorrow").status()).isEqualTo(400);
        Answer made = forge.post(members, member + "2999-12-31");
        assertThat(made.json().get("expires_at").asString()).isEqualTo("2999-12-31");
    }

    @Test
    void sharingLetsTheMembersOfAnotherGroupInUpToARole() {
        long project = project("shared-app", group("sharing"));
        long team = group("team-shared");
        String token = forge.personWithToken("teammate", "api");
        forge.post(GROUPS + "/" + team + "/members", "user_id=" + forge.userId("teammate") + "&access_level=50");
        String share = "/api/v4/projects/" + project + "/share";
        assertThat(status(token, "/api/v4/projects/" + project)).isEqualTo(404);
        Answer made = forge.post(share, "{\"group_id\":" + team + ",\"group_access\":30}");
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.json().get("group_access").asInt()).isEqualTo(30);
        Answer again = forge.post(share, "{\"group_id\":" + team + ",\"group_access\":40}");
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.response().body()).contains("already shared");
        assertThat(status(token, "/api/v4/projects/" + project + "/cluster_agents"))
                .isEqualTo(200);
        assertThat(forge.call("POST", "/api/v4/projects/" + project + "/cluster_agents", token, "name=a")
                        .status())
                .isEqualTo(403);
        JsonNode shown = forge.get("/api/v4/projects/" + project)
                .json()
                .get("shared_with_groups")
                .get(0);
        assertThat(shown.get("group_full_path").asString()).isEqualTo("team-shared");
        assertThat(shown.get("group_access_level").asInt()).isEqualTo(30);
        assertThat(forge.delete(share + "/" + team).status()).isEqualTo(204);
        assertThat(forge.delete(share + "/" + team).status()).isEqualTo(404);
        assertThat(status(token, "/api/v4/projects/" + project)).isEqualTo(404);

        long group = group("shared-group");
        long inGroup = project("in-shared-group", group);
        Answer grouped = forge.post(GROUPS + "/" + group + "/share", "{\"group_id\":" + team + ",\"group_access\":40}");
        assertThat(grouped.status()).isEqualTo(201);
        assertThat(grouped.json()
                        .get("shared_with_groups")
                        .get(0)
                        .get("group_id")
                        .asLong())
                .isEqualTo(team);
        assertThat(forge.call("POST", "/api/v4/projects/" + inGroup + "/cluster_agents", token, "name=a")
                        .status())
                .isEqualTo(201);
        assertThat(forge.delete(GROUPS + "/" + group + "/share/" + team).status())
                .isEqualTo(204);
        assertThat(status(token, "/api/v4/projects/" + inGroup)).isEqualTo(404);
    }

    @Test
    void nobodySharesWithAGroupTheyCannotSeeOrMoreThanTheyAre() {
        long project = project("limited", group("limited-group"));
        long secret = group("unseen");
        String token = forge.personWithToken("limited-maintainer", "api");
        forge.post(
                "/api/v4/projects/" + project + "/members",
                "user_id=" + forge.userId("limited-maintainer") + "&access_level=40");
        String share = "/api/v4/projects/" + project + "/share";
        assertThat(forge.call("POST", share, token, "group_id=" + secret + "&group_access=30")
                        .status())
                .isEqualTo(404);
        long seen =
                forge.post(GROUPS, "name=seen&path=seen&visibility=internal").id();
        assertThat(forge.call("POST", share, token, "group_id=" + seen + "&group_access=50")
                        .status())
                .isEqualTo(403);
        assertThat(forge.call("POST", share, token, "group_id=" + seen + "&group_access=40")
                        .status())
                .isEqualTo(201);
    }

    @Test
    void developersMakeProjectsInAGroupAndMaintainersSubgroups() {
        long group = group("makers");
        String token = forge.personWithToken("maker", "api");
        String members = GROUPS + "/" + group + "/members";
        long maker = forge.userId("maker");
        String project = "{\"name\":\"made\",\"namespace_id\":" + group + "}";
        assertThat(forge.call("POST", "/api/v4/projects", token, project).status())
                .isEqualTo(400);
        forge.post(members, "user_id=" + maker + "&access_level=20");
        assertThat(forge.call("POST", "/api/v4/projects", token, project).status())
                .isEqualTo(400);
        forge.call("PUT", members + "/" + maker, forge.rootToken, "access_level=30");
        assertThat(forge.call("POST", "/api/v4/projects", token, project).status())
                .isEqualTo(201);
        String sub = "name=s&path=s&parent_id=" + group;
        assertThat(forge.call("POST", GROUPS, token, sub).status()).isEqualTo(403);
        forge.call("PUT", members + "/" + maker, forge.rootToken, "access_level=40");
        assertThat(forge.call("POST", GROUPS, token, sub).status()).isEqualTo(201);
    }

    @Test
    void whatIsInAGroupIsNoMoreVisibleThanTheGroup() {
        long group = group("private-top");
        assertThat(forge.post("/api/v4/projects", "name=x&visibility=public&namespace_id=" + group)
                        .status())
                .isEqualTo(400);
        assertThat(forge.post(GROUPS, "name=x&path=x&visibility=internal&parent_id=" + group)
                        .status())
                .isEqualTo(400);
        assertThat(forge.call("PUT", GROUPS + "/" + group, forge.rootToken, "visibility=public")
                        .status())
                .isEqualTo(200);
        assertThat(forge.post("/api/v4/projects", "name=x&visibility=public&namespace_id=" + group)
                        .status())
                .isEqualTo(201);
        assertThat(forge.call("PUT", GROUPS + "/" + group, forge.rootToken, "visibility=internal")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void whatWasRenamedIsFoundByItsOldPathUntilThatIsTakenAnew() {
        long top = group("before");
        long project = project("app", group("inside", top));
        Answer renamed = forge.call("PUT", GROUPS + "/" + top, forge.rootToken, "path=after&name=After");
        assertThat(renamed.json().get("full_path").asString()).isEqualTo("after");
        JsonNode moved = forge.get("/api/v4/projects/before%2Finside%2Fapp").json();
        assertThat(moved.get("id").asLong()).isEqualTo(project);
        assertThat(moved.get("path_with_namespace").asString()).isEqualTo("after/inside/app");
        assertThat(forge.get(GROUPS + "/before%2Finside")
                        .json()
                        .get("full_path")
                        .asString())
                .isEqualTo("after/inside");
        assertThat(forge.call("PUT", "/api/v4/projects/" + project, forge.rootToken, "path=service")
                        .json()
                        .get("path_with_namespace")
                        .asString())
                .isEqualTo("after/inside/service");
        for (String old : List.of("before%2Finside%2Fapp", "after%2Finside%2Fapp", "AFTER%2Finside%2Fservice")) {
            assertThat(forge.get("/api/v4/projects/" + old).id()).as(old).isEqualTo(project);
        }
        long other = group("before");
        assertThat(forge.get(GROUPS + "/before").id()).isEqualTo(other);
        String outsider = forge.personWithToken("rename-outsider", "api");
        assertThat(status(outsider, "/api/v4/projects/after%2Finside%2Fapp")).isEqualTo(404);
    }

    @Test
    void projectsMoveBetweenGroups() {
        long project = project("nomad", group("from-here"));
        long target = group("to-there");
        String transfer = "/api/v4/projects/" + project + "/transfer";
        assertThat(forge.call("PUT", transfer, forge.rootToken, "namespace=nowhere")
                        .status())
                .isEqualTo(404);
        Answer moved = forge.call("PUT", transfer, forge.rootToken, "namespace=" + target);
        assertThat(moved.json().get("path_with_namespace").asString()).isEqualTo("to-there/nomad");
        assertThat(forge.get("/api/v4/projects/from-here%2Fnomad").id()).isEqualTo(project);
    }

    @Test
    void deletingAGroupDeletesWhatIsInIt() {
        long top = group("doomed");
        long project = project("app", group("sub", top));
        assertThat(forge.delete(GROUPS + "/" + top).status()).isEqualTo(202);
        assertThat(forge.get(GROUPS + "/doomed").status()).isEqualTo(404);
        assertThat(forge.get(GROUPS + "/doomed%2Fsub").status()).isEqualTo(404);
        assertThat(forge.get("/api/v4/projects/" + project).status()).isEqualTo(404);
        group("doomed");
    }

    @Test
    void listsGroupsByRoleAndSearch() {
        long mine = group("searched-mine");
        forge.post(GROUPS, "name=Open&path=searched-open&visibility=public");
        String token = forge.personWithToken("group-searcher", "api");
        forge.post(GROUPS + "/" + mine + "/members", "user_id=" + forge.userId("group-searcher") + "&access_level=30");
        assertThat(texts(
                        forge.call("GET", GROUPS + "?search=SEARCHED", token, "")
                                .json(),
                        "path"))
                .containsExactly("searched-mine", "searched-open");
        assertThat(texts(
                        forge.call("GET", GROUPS + "?search=searched&min_access_level=30", token, "")
                                .json(),
                        "path"))
                .containsExactly("searched-mine");
        assertThat(forge.call("GET", GROUPS + "?search=searched&owned=true", token, "")
                        .json())
                .isEmpty();
        assertThat(forge.call("GET", GROUPS + "?search=%25", token, "").json()).isEmpty();
    }

    @Test
    void projectListsGoFromIdToId() {
        long group = group("long-list");
        for (int i = 0; i < 5; i++) {
            project("p" + i, group);
        }
        String list = GROUPS + "/" + group + "/projects?pagination=keyset&per_page=2&simple=true";
        Answer first = forge.get(list);
        assertThat(texts(first.json(), "path")).containsExactly("p4", "p3");
        String next = first.header("Link").replaceAll(".*id_before=(\\d+).*", "$1");
        Answer second = forge.get(list + "&id_before=" + next);
        assertThat(texts(second.json(), "path")).containsExactly("p2", "p1");
        assertThat(second.header("X-Total")).isEmpty();
    }
}
