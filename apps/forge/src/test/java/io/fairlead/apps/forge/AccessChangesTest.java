package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.base.thread.VirtualThreads;
import io.fairlead.base.time.SystemScheduler;
import io.fairlead.forge.access.JobIdentity;
import io.fairlead.gitlab.api.AccessChangeStream;
import io.fairlead.gitlab.api.AccessChanges;
import io.fairlead.gitlab.api.GitLabClient;
import io.fairlead.gitlab.api.GitLabClientConfig;
import io.fairlead.gitlab.api.GitLabException;
import io.fairlead.gitlab.jwt.KasJwt;
import io.fairlead.gitlab.jwt.KasSecret;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever changes a right is told to kas. */
@Tag(TestDatabase.BOTH)
class AccessChangesTest {
    /** Tables in which nothing decides who may use an agent, each with why. */
    private static final Set<String> NOTHING_TO_TELL = new TreeSet<>(Set.of(
            "access_changes", // what is told
            "cluster_credentials", // end with their token, which is told; an agent's go with it
            "agent_ci_entries", // written together with cluster_agent_configurations
            "agent_url_configurations", // how an agent is reached
            "ci_variables",
            "deploy_keys", // Git only
            "deploy_tokens", // Git only
            "deployments",
            "environments", // a job's is written with its token
            "installation",
            "jobs", // one that ends takes its token with it
            "namespace_ancestry", // changes with namespaces
            "project_deploy_keys",
            "project_hooks",
            "project_imports",
            "protected_ref_grants",
            "protected_refs", // whether a job's was protected is written with its token
            "schema_history",
            "sqlite_sequence",
            "ssh_keys",
            "usage_counters"));

    @TempDir
    static Path folder;

    private static final SystemScheduler scheduler = new SystemScheduler("test-time");
    private static final List<AccessChanges> told = new ArrayList<>();
    private static RunningForge forge;
    private static GitLabClient client;
    private static AccessChangeStream stream;

    @BeforeAll
    static void start() throws Exception {
        forge = new RunningForge(folder);
        client = new GitLabClient(
                GitLabClientConfig.of(URI.create(forge.url("")), "gitlab-kas/test/0"),
                new KasJwt(KasSecret.read(forge.app.kasSecretFile()), Clock.systemUTC()),
                scheduler);
        stream = client.accessChanges();
        VirtualThreads.start("test-listener", AccessChangesTest::listen);
    }

    @AfterAll
    static void stop() throws Exception {
        stream.close();
        client.close();
        forge.close();
        scheduler.close();
    }

    private static void listen() {
        try {
            while (true) {
                AccessChanges next = stream.next();
                synchronized (told) {
                    told.add(next);
                }
            }
        } catch (GitLabException _) {
            // The test is over.
        }
    }

    /** What was told from now on. */
    private static void tells(Predicate<AccessChanges> expected, Runnable change) {
        synchronized (told) {
            told.clear();
        }
        change.run();
        await().atMost(Duration.ofSeconds(10)).until(() -> {
            synchronized (told) {
                return told.stream().anyMatch(expected);
            }
        });
    }

    private static Predicate<AccessChanges> user(long id) {
        return changes -> changes.users().contains(id);
    }

    private static Predicate<AccessChanges> butNotEveryone(long id) {
        return changes -> !changes.everyone() && changes.users().contains(id);
    }

    private static Predicate<AccessChanges> agent(long id) {
        return changes -> changes.agents().contains(id);
    }

    private static void ok(RunningForge.Answer answer) {
        assertThat(answer.status()).as(answer.response().body()).isBetween(200, 204);
    }

    @Test
    void ofPeopleAndTheirTokens() {
        forge.personWithToken("pia", "api");
        long pia = forge.userId("pia");
        RunningForge.Answer token =
                forge.post("/api/v4/users/" + pia + "/personal_access_tokens", "name=t&scopes[]=k8s_proxy");
        RunningForge.Answer other =
                forge.post("/api/v4/users/" + pia + "/personal_access_tokens", "name=u&scopes[]=k8s_proxy");
        tells(user(pia), () -> ok(forge.delete("/api/v4/personal_access_tokens/" + token.id())));
        tells(user(pia), () -> ok(forge.post("/api/v4/personal_access_tokens/" + other.id() + "/rotate", "")));
        tells(user(pia), () -> ok(forge.post("/api/v4/users/" + pia + "/block", "")));
        tells(user(pia), () -> ok(forge.delete("/api/v4/users/" + pia)));
    }

    @Test
    void ofMembersAndShares() {
        forge.personWithToken("mia", "api");
        long mia = forge.userId("mia");
        long group = forge.post("/api/v4/groups", "name=g&path=members").id();
        long guests = forge.post("/api/v4/groups", "name=g&path=guests").id();
        long project =
                forge.post("/api/v4/projects", "name=p&namespace_id=" + group).id();
        for (String place : List.of("/api/v4/groups/" + group, "/api/v4/projects/" + project)) {
            String members = place + "/members";
            tells(user(mia), () -> ok(forge.post(members, "user_id=" + mia + "&access_level=40")));
            tells(user(mia), () -> ok(forge.call("PUT", members + "/" + mia, forge.rootToken, "access_level=20")));
            tells(user(mia), () -> ok(forge.delete(members + "/" + mia)));
            String share = place + "/share";
            ok(forge.post("/api/v4/groups/" + guests + "/members", "user_id=" + mia + "&access_level=30"));
            tells(butNotEveryone(mia), () -> ok(forge.post(share, "group_id=" + guests + "&group_access=30")));
            tells(butNotEveryone(mia), () -> ok(forge.delete(share + "/" + guests)));
            ok(forge.delete("/api/v4/groups/" + guests + "/members/" + mia));
        }
    }

    /** Whoever renames what is theirs, without end if they like, makes work for those alone who are in it. */
    @Test
    void ofPathsToThoseWhomTheyConcern() {
        forge.personWithToken("mel", "api");
        forge.personWithToken("max", "api");
        long mel = forge.userId("mel");
        long max = forge.userId("max");
        long group = forge.post("/api/v4/groups", "name=g&path=paths").id();
        long project =
                forge.post("/api/v4/projects", "name=p&namespace_id=" + group).id();
        long agent = forge.agent(project, "named");
        forge.app
                .jobTokens()
                .put(
                        "glcbt-4",
                        new JobIdentity(504, 6, project, 1, false, null),
                        Instant.now().plusSeconds(600));
        ok(forge.post("/api/v4/groups/" + group + "/members", "user_id=" + mel + "&access_level=30"));
        ok(forge.post("/api/v4/projects/" + project + "/members", "user_id=" + max + "&access_level=30"));
        Predicate<AccessChanges> all = changes -> !changes.everyone()
                && changes.users().containsAll(Set.of(mel, max))
                && changes.agents().contains(agent)
                && changes.jobs().contains(504L);
        tells(all, () -> change("projects/" + project, "path=elsewhere"));
        tells(all, () -> change("groups/" + group, "path=moved"));
        tells(all, () -> change("projects/" + project, "visibility=private&path=again"));
        // What takes the former path ends the way that leads from there.
        tells(
                changes -> !changes.everyone() && changes.users().contains(max),
                () -> ok(forge.post("/api/v4/projects", "name=elsewhere&namespace_id=" + group)));
        tells(
                changes -> !changes.everyone()
                        && changes.agents().contains(agent)
                        && !changes.users().contains(max),
                () -> change("projects/" + project, "default_branch=other"));
        tells(all, () -> forge.delete("/api/v4/projects/" + project));
        tells(
                changes -> !changes.everyone() && changes.users().contains(mel),
                () -> ok(forge.delete("/api/v4/groups/" + group)));
    }

    private static void change(String what, String form) {
        ok(forge.call("PUT", "/api/v4/" + what, forge.rootToken, form));
    }

    /** Two writes side by side: the one whose note has the lower id is seen a good while after the others. */
    @Test
    void ofWhatIsCommittedLate() {
        long[] first = new long[1];
        tells(user(1_300), () -> first[0] = notes(1_001, 1_300));
        tells(
                user(999),
                () -> note("insert into access_changes (id, kind, subject_id) values (" + first[0] + ", 'user', 999)"));
    }

    /** A database that took over from another had not heard of all that was told. */
    @Test
    void ofEverythingWhenIdsGoBack() {
        tells(user(2_010), () -> notes(2_001, 2_010));
        tells(
                AccessChanges::everything,
                () -> note("delete from access_changes where id = (select max(id) from access_changes)"));
    }

    /** Leaves the id of the first one out, as if it were not committed yet. */
    private static long notes(int from, int to) {
        return forge.app.parts().database.write(handle -> {
            handle.execute("insert into access_changes (kind, subject_id) values ('user', " + from + ")");
            long id = handle.createQuery("select max(id) from access_changes")
                    .mapTo(Long.class)
                    .one();
            for (int user = from + 1; user <= to; user++) {
                handle.execute("insert into access_changes (kind, subject_id) values ('user', " + user + ")");
            }
            handle.execute("delete from access_changes where id = " + id);
            return id;
        });
    }

    private static void note(String sql) {
        forge.app.parts().database.write(handle -> handle.execute(sql));
    }

    @Test
    void ofAgentsTheirTokensAndTheirConfiguration() throws Exception {
        long project = forge.project("agents");
        long agent = forge.agent(project, "edge");
        String tokens = "/api/v4/projects/" + project + "/cluster_agents/" + agent + "/tokens";
        long token = forge.post(tokens, "name=t").id();
        tells(agent(agent), () -> ok(forge.delete(tokens + "/" + token)));
        String file = "/api/v4/projects/" + project + "/repository/files/.gitlab%2Fagents%2Fedge%2Fconfig.yaml";
        String commit = "branch=main&commit_message=c&content=user_access:";
        tells(agent(agent), () -> assertThat(forge.post(file, commit).status()).isEqualTo(201));
        tells(agent(agent), () -> ok(forge.delete(file + "?branch=main&commit_message=c")));
        tells(agent(agent), () -> ok(forge.delete("/api/v4/projects/" + project + "/cluster_agents/" + agent)));
    }

    /** By word of whoever runs it, and by itself. */
    @Test
    void ofTheEndOfAJob() {
        long project = forge.project("jobs");
        Instant later = Instant.now().plusSeconds(600);
        forge.app.jobTokens().put("glcbt-1", new JobIdentity(501, 6, project, 1, false, null), later);
        tells(
                changes -> changes.jobs().contains(501L),
                () -> forge.app.jobTokens().end(501));
        tells(
                changes -> changes.jobs().contains(502L),
                () -> forge.app
                        .jobTokens()
                        .put(
                                "glcbt-2",
                                new JobIdentity(502, 6, project, 1, false, null),
                                Instant.now().plusMillis(300)));
    }

    /** What happens all the time is no change: nobody is asked about for it. */
    @Test
    void notOfWhatChangesNobodysRight() {
        long project = forge.project("busy");
        forge.app
                .jobTokens()
                .put(
                        "glcbt-3",
                        new JobIdentity(503, 6, project, 1, false, null),
                        Instant.now().plusSeconds(600));
        tells(changes -> changes.jobs().contains(503L), () -> {
            forge.get("/api/v4/projects/" + project);
            ok(forge.post("/api/v4/projects/" + project + "/environments", "name=x"));
            ok(forge.call("PUT", "/api/v4/projects/" + project, forge.rootToken, "description=d"));
            forge.app.jobTokens().end(503);
        });
        synchronized (told) {
            assertThat(told)
                    .allMatch(changes -> changes.none() || changes.jobs().equals(Set.of(503L)));
        }
    }

    /** A new table decides about rights or does not: who makes it says so here or gives it triggers. */
    @Test
    void eachTableIsWatchedOrHasNothingToTell() {
        if (TestDatabase.embedded()) {
            Set<String> tables = names("select name from sqlite_master where type = 'table'");
            Set<String> watched = names("select distinct tbl_name from sqlite_master where type = 'trigger'");
            assertThat(watched).isNotEmpty();
            tables.removeAll(watched);
            assertThat(tables).isEqualTo(NOTHING_TO_TELL);
        }
    }

    private static Set<String> names(String sql) {
        List<String> found = forge.app
                .parts()
                .database
                .read(handle -> handle.createQuery(sql).mapTo(String.class).list());
        return new TreeSet<>(found);
    }

    @Test
    void isNobodysButKas() {
        assertThat(forge.get("/api/v4/internal/kubernetes/access_changes").status())
                .isEqualTo(401);
    }
}
