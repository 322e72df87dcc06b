package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.apps.forge.RunningForge.Answer;
import io.fairlead.forge.access.JobIdentity;
import io.fairlead.forge.access.Visibility;
import io.fairlead.forge.agent.GroupSharing;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Who may use an agent and as whom, for every combination of what decides that. What is expected stands in two tables, read
 * from the top: the first line that fits a combination tells its outcome. No combination is without a line, no line without a
 * combination.
 */
@Tag(TestDatabase.BOTH)
class SharingMatrixTest {
    /**
     * From: where the agent's project is. Shares: what its entry names. Entry: the environments that the entry names. Job: the
     * job's environment. Only: whether the entry is for protected references only. Ref: the job's. As: the entry's access_as.
     * Role: of who runs the job, in its project.
     */
    private static final String JOBS = """
            from     shares   entry      job        only ref       as          role       | outcome
            stranger *        *          *          *    *         *           *          | -
            *        *        *          *          *    *         *           none       | -
            *        *        *          *          *    *         *           guest      | -
            *        *        *          *          *    *         *           reporter   | -
            *        *        *          *          yes  open      *           *          | -
            *        *        production none       *    *         *           *          | -
            *        *        production staging    *    *         *           *          | -
            *        *        production review/1   *    *         *           *          | -
            *        *        review/*   none       *    *         *           *          | -
            *        *        review/*   staging    *    *         *           *          | -
            *        *        review/*   production *    *         *           *          | -
            *        *        *          *          *    *         ci_user     *          | person
            *        *        *          *          *    *         unset       *          | agent
            *        *        *          *          *    *         agent       *          | agent
            *        *        *          *          *    *         ci_job      *          | job
            *        *        *          *          *    *         impersonate *          | named
            """;

    /** Lists: what user_access names. Member: of what the person is one. */
    private static final String PEOPLE = """
            from     lists    as     member        role       | outcome
            stranger *        *      *             *          | -
            *        *        *      nothing       *          | -
            *        *        *      *             guest      | -
            *        *        *      *             reporter   | -
            *        group    *      project       *          | -
            *        group    *      project-share *          | -
            *        *        unset  *             *          | agent
            *        *        agent  *             *          | agent
            *        *        user   *             *          | person
            """;

    private static final List<String> FROM = List.of("same", "friend", "stranger");
    private static final Map<String, Integer> ROLES = levels();

    @TempDir
    static Path folder;

    private static RunningForge forge;
    private static long app;
    private static final Map<String, Long> CONFIGURATIONS = new HashMap<>();

    private static Map<String, Integer> levels() {
        Map<String, Integer> levels = new LinkedHashMap<>();
        levels.put("guest", 10);
        levels.put("reporter", 20);
        levels.put("developer", 30);
        levels.put("maintainer", 40);
        levels.put("owner", 50);
        return levels;
    }

    /** The lines of a table, each a list of cells with the outcome last. */
    private record Table(List<List<String>> lines, Set<List<String>> used) {
        static Table of(String text) {
            List<List<String>> lines = text.lines()
                    .skip(1)
                    .map(line -> Arrays.asList(line.replace("|", " ").strip().split("\\s+")))
                    .toList();
            return new Table(lines, new HashSet<>());
        }

        String outcome(List<String> combination) {
            for (List<String> line : lines) {
                boolean fits = true;
                for (int i = 0; i < combination.size(); i++) {
                    fits &= line.get(i).equals("*") || line.get(i).equals(combination.get(i));
                }
                if (fits) {
                    used.add(line);
                    return line.getLast();
                }
            }
            throw new AssertionError("no line for " + combination);
        }

        void isWhollyUsed() {
            assertThat(lines).allMatch(used::contains);
        }
    }

    @BeforeAll
    static void start() throws Exception {
        forge = new RunningForge(ForgeConfig.loopback(folder, RunningForge.EXTERNAL_URL)
                .withRules(new ClientRules(100_000_000, false, GroupSharing.of(List.of("friend:same")))));
        for (String root : FROM) {
            CONFIGURATIONS.put(root, project("agents", group(root, 0)));
        }
        long same = forge.get("/api/v4/groups/same").id();
        app = project("app", group("team", same));
    }

    @AfterAll
    static void stop() throws Exception {
        forge.close();
    }

    private static long group(String path, long parent) {
        return forge.post("/api/v4/groups", "name=x&path=" + path + (parent == 0 ? "" : "&parent_id=" + parent))
                .id();
    }

    private static long project(String name, long namespace) {
        return forge.post(
                        "/api/v4/projects",
                        "name=" + name + "&namespace_id=" + namespace + "&visibility=" + Visibility.PRIVATE.text())
                .id();
    }

    /** Commits a configuration for each agent and adds the agents; their numbers by name. */
    private static Map<String, Long> agents(String from, Map<String, String> configurations) {
        List<Map<String, String>> actions = new ArrayList<>();
        configurations.forEach((name, text) -> actions.add(
                Map.of("action", "create", "file_path", ".gitlab/agents/" + name + "/config.yaml", "content", text)));
        long project = Objects.requireNonNull(CONFIGURATIONS.get(from));
        Answer made = forge.post(
                "/api/v4/projects/" + project + "/repository/commits",
                io.fairlead.forge.api.ForgeJson.MAPPER.writeValueAsString(
                        Map.of("branch", "main", "commit_message", "c", "actions", actions)));
        assertThat(made.status()).as(made.response().body()).isEqualTo(201);
        assertThat(made.header("X-Fairlead-Warning")).isEmpty();
        Map<String, Long> agents = new LinkedHashMap<>();
        configurations.keySet().forEach(name -> agents.put(name, forge.agent(project, name)));
        return agents;
    }

    private static long person(String name, String path, int level) {
        forge.personWithToken(name, "api");
        long id = forge.userId(name);
        if (level > 0) {
            Answer added = forge.post("/api/v4/" + path + "/members", "user_id=" + id + "&access_level=" + level);
            assertThat(added.status()).as(added.response().body()).isEqualTo(201);
        }
        return id;
    }

    // Jobs

    private record Entry(String shares, String environments, String only, String as) {}

    private static List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        for (String shares : List.of("project", "group", "instance")) {
            for (String environments : List.of("any", "production", "review/*")) {
                for (String only : List.of("yes", "no")) {
                    for (String as : List.of("unset", "agent", "ci_job", "ci_user", "impersonate")) {
                        entries.add(new Entry(shares, environments, only, as));
                    }
                }
            }
        }
        return entries;
    }

    private static String text(Entry entry) {
        List<String> keys = new ArrayList<>();
        switch (entry.shares) {
            case "project" -> keys.add("id: same/team/app");
            case "group" -> keys.add("id: same");
            default -> {}
        }
        if (!entry.environments.equals("any")) {
            keys.add("environments: ['" + entry.environments + "']");
        }
        if (entry.only.equals("yes")) {
            keys.add("protected_branches_only: true");
        }
        switch (entry.as) {
            case "unset" -> {}
            case "impersonate" -> keys.add("access_as: {impersonate: {username: deployer}}");
            default -> keys.add("access_as: {" + entry.as + ": {}}");
        }
        String values = "{" + String.join(", ", keys) + "}";
        return "ci_access: "
                + switch (entry.shares) {
                    case "project" -> "{projects: [" + values + "]}";
                    case "group" -> "{groups: [" + values + "]}";
                    default -> "{instance: " + values + "}";
                };
    }

    @Test
    void ofJobs() {
        Map<Long, List<String>> agents = new HashMap<>();
        for (String from : FROM) {
            Map<String, String> configurations = new LinkedHashMap<>();
            List<Entry> entries = entries();
            for (int i = 0; i < entries.size(); i++) {
                configurations.put("job" + i, text(entries.get(i)));
            }
            Map<String, Long> made = agents(from, configurations);
            for (int i = 0; i < entries.size(); i++) {
                Entry entry = entries.get(i);
                agents.put(made.get("job" + i), List.of(from, entry.shares, entry.environments, entry.only, entry.as));
            }
        }
        Map<String, Long> people = new LinkedHashMap<>();
        people.put("none", person("job-none", "", 0));
        ROLES.forEach((role, level) -> people.put(role, person("job-" + role, "projects/" + app, level)));
        Table table = Table.of(JOBS);
        int combinations = 0;
        for (Map.Entry<String, Long> person : people.entrySet()) {
            for (String environment : List.of("none", "production", "review/1", "staging")) {
                for (String ref : List.of("protected", "open")) {
                    Map<Long, JsonNode> allowed = allowed(person.getValue(), environment, ref.equals("protected"));
                    for (Map.Entry<Long, List<String>> agent : agents.entrySet()) {
                        List<String> is = agent.getValue();
                        List<String> combination = List.of(
                                is.get(0),
                                is.get(1),
                                is.get(2),
                                environment,
                                is.get(3),
                                ref,
                                is.get(4),
                                person.getKey());
                        assertThat(jobOutcome(allowed.get(agent.getKey()), person.getKey()))
                                .as("%s", combination)
                                .isEqualTo(table.outcome(combination));
                        combinations++;
                    }
                }
            }
        }
        table.isWhollyUsed();
        assertThat(combinations).isEqualTo(3 * 90 * 6 * 4 * 2);
    }

    private static Map<Long, JsonNode> allowed(long person, String environment, boolean protectedRef) {
        JobIdentity job = new JobIdentity(
                7,
                8,
                app,
                person,
                protectedRef,
                environment.equals("none") ? null : new JobIdentity.JobEnvironment(environment, "slug", "other"));
        forge.app.jobTokens().put("glcbt-matrix", job, Instant.now().plusSeconds(60));
        Answer answer = forge.send("GET", "/api/v4/job/allowed_agents", Map.of("Job-Token", "glcbt-matrix"), "");
        forge.app.jobTokens().end(7);
        assertThat(answer.status()).isEqualTo(200);
        Map<Long, JsonNode> agents = new HashMap<>();
        answer.json()
                .get("allowed_agents")
                .forEach(found -> agents.put(found.get("id").asLong(), found.get("configuration")));
        return agents;
    }

    private static String jobOutcome(@org.jspecify.annotations.Nullable JsonNode configuration, String role) {
        if (configuration == null) {
            return "-";
        }
        JsonNode as = configuration.path("access_as");
        if (as.isMissingNode() || as.has("agent")) {
            return "agent";
        }
        if (as.has("ci_job")) {
            return "job";
        }
        String name = as.path("impersonate").path("username").asString("");
        if (name.equals("gitlab:user:job-" + role)) {
            List<String> groups = as.get("impersonate")
                    .get("groups")
                    .valueStream()
                    .map(JsonNode::asString)
                    .toList();
            assertThat(groups).last().isEqualTo("gitlab:project_role:" + app + ":" + role);
            return "person";
        }
        return name.equals("deployer") ? "named" : as.toString();
    }

    // People

    @Test
    void ofPeople() throws Exception {
        Map<Long, List<String>> agents = new LinkedHashMap<>();
        for (String from : FROM) {
            Map<String, String> configurations = new LinkedHashMap<>();
            Map<String, List<String>> meanings = new HashMap<>();
            for (String lists : List.of("project", "group")) {
                for (String as : List.of("unset", "agent", "user")) {
                    String name = "person-" + lists + "-" + as;
                    meanings.put(name, List.of(from, lists, as));
                    configurations.put(
                            name,
                            "user_access: {"
                                    + (as.equals("unset") ? "" : "access_as: {" + as + ": {}}, ")
                                    + (lists.equals("project")
                                            ? "projects: [{id: same/team/app}]"
                                            : "groups: [{id: same/team}]")
                                    + "}");
                }
            }
            agents(from, configurations).forEach((name, id) -> agents.put(id, meanings.get(name)));
        }
        long team = forge.get("/api/v4/groups/same%2Fteam").id();
        Map<List<String>, String> tokens = new LinkedHashMap<>();
        tokens.put(List.of("nothing", "none"), token(person("p-nothing", "", 0)));
        for (Map.Entry<String, Integer> role : ROLES.entrySet()) {
            String name = role.getKey();
            int level = role.getValue();
            tokens.put(List.of("project", name), token(person("p-project-" + name, "projects/" + app, level)));
            tokens.put(List.of("group", name), token(person("p-group-" + name, "groups/" + team, level)));
            for (String shared : List.of("projects/" + app, "groups/" + team)) {
                String kind = shared.substring(0, shared.indexOf('s')) + "-share";
                long pool = group("pool-" + kind + "-" + name, 0);
                tokens.put(List.of(kind, name), token(person("p-" + kind + "-" + name, "groups/" + pool, 50)));
                Answer done = forge.post("/api/v4/" + shared + "/share", "group_id=" + pool + "&group_access=" + level);
                assertThat(done.status()).as(done.response().body()).isEqualTo(201);
            }
        }
        Table table = Table.of(PEOPLE);
        for (Map.Entry<List<String>, String> member : tokens.entrySet()) {
            for (Map.Entry<Long, List<String>> agent : agents.entrySet()) {
                List<String> combination = new ArrayList<>(agent.getValue());
                combination.addAll(member.getKey());
                assertThat(personOutcome(
                                agent.getKey(),
                                member.getValue(),
                                member.getKey().get(1)))
                        .as("%s", combination)
                        .isEqualTo(table.outcome(combination));
            }
        }
        table.isWhollyUsed();
        assertThat(tokens.size() * agents.size()).isEqualTo(21 * 18);
    }

    private static String token(long person) {
        return forge.tokenOf(person, "k8s_proxy");
    }

    private static String personOutcome(long agent, String token, String role) throws Exception {
        Answer answer = forge.kas(
                "POST", "/api/v4/internal/kubernetes/authorize_proxy_user", null, """
                {"agent_id":%d,"access_type":"personal_access_token","access_key":"%s"}""".formatted(agent, token));
        if (answer.status() == 403) {
            return "-";
        }
        assertThat(answer.status()).isEqualTo(201);
        JsonNode as = answer.json().get("access_as");
        if (as.has("agent")) {
            return "agent";
        }
        for (String kind : List.of("projects", "groups")) {
            for (JsonNode there : as.get("user").get(kind)) {
                assertThat(there.get("roles").get(there.get("roles").size() - 1).asString())
                        .isEqualTo(role);
            }
        }
        return "person";
    }
}
