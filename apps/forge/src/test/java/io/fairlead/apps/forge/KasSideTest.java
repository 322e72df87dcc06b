package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.apps.forge.RunningForge.Answer;
import io.fairlead.base.json.Json;
import io.fairlead.base.time.SystemScheduler;
import io.fairlead.forge.access.JobIdentity;
import io.fairlead.gitlab.api.AgentInfoResponse;
import io.fairlead.gitlab.api.GitLabJson;
import io.fairlead.gitlab.api.GitalyInfo;
import io.fairlead.gitlab.api.GitalyRepository;
import io.fairlead.gitlab.gitaly.GitalyClient;
import io.fairlead.gitlab.gitaly.GitalyException;
import io.fairlead.gitlab.jwt.KasJwt;
import io.fairlead.gitlab.jwt.KasSecret;
import io.fairlead.gitlab.kas.rpc.GitPushEvent;
import io.fairlead.gitlab.kas.rpc.GitPushEventRequest;
import io.fairlead.gitlab.kas.rpc.GitPushEventResponse;
import io.fairlead.gitlab.kas.rpc.NotificationsGrpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What kas sees of the forge: Gitaly, who may use an agent, pushes and jobs. */
@Tag(TestDatabase.BOTH)
class KasSideTest {
    @TempDir
    static Path data;

    private static RunningForge forge;

    @TempDir
    Path work;

    private GitProgram git;

    @BeforeAll
    static void start() throws Exception {
        forge = new RunningForge(data);
    }

    @AfterAll
    static void stop() throws Exception {
        forge.close();
    }

    @BeforeEach
    void here() {
        git = new GitProgram(work);
    }

    private static String remote(String project) {
        return "http://x:" + forge.rootToken + "@127.0.0.1:"
                + forge.app.httpAddress().getPort() + "/" + (project.contains("/") ? "" : "root/") + project + ".git";
    }

    /** Pushes the agent's configuration as the newest commit of the project's default branch. */
    private void configure(String project, String agent, String yaml) throws Exception {
        GitProgram source = new GitProgram(java.nio.file.Files.createTempDirectory(work, "configure"));
        source.run("clone", "-q", remote(project), ".").succeeds();
        source.run("checkout", "-q", "-B", "main").succeeds();
        source.commit(".gitlab/agents/" + agent + "/config.yaml", yaml);
        source.run("push", "-q", "origin", "main").succeeds();
    }

    @Test
    void kasReadsTheConfigurationThroughGitaly() throws Exception {
        long project = forge.project("read");
        long agent = forge.agent(project, "prod");
        String token = forge.agentToken(project, agent);
        Answer answer = forge.kas("GET", "/api/v4/internal/kubernetes/agent_info", token, "");
        AgentInfoResponse info = GitLabJson.MAPPER.readValue(answer.response().body(), AgentInfoResponse.class);
        GitalyInfo gitaly = info.gitalyInfo();
        GitalyRepository repository = info.gitalyRepository();
        List<String> refs = List.of("refs/heads/main");
        try (SystemScheduler time = new SystemScheduler("test");
                GitalyClient client = new GitalyClient(Optional.empty(), "test", Clock.systemUTC(), time)) {
            String empty = client.head(gitaly, repository, refs).toString();
            configure("read", "prod", "user_access: {}\n");
            configure("read", "other", "x: " + "y".repeat(200_000) + "\n");
            String head = git.run("ls-remote", remote("read"), "refs/heads/main")
                    .output()
                    .substring(0, 40);
            assertThat(client.head(gitaly, repository, refs).toString())
                    .isNotEqualTo(empty)
                    .contains(head);
            String path = ".gitlab/agents/prod/config.yaml";
            assertThat(client.file(gitaly, repository, head, path, 1000))
                    .hasValueSatisfying(bytes -> assertThat(new String(bytes, StandardCharsets.UTF_8))
                            .isEqualTo("user_access: {}\n"));
            assertThat(client.file(gitaly, repository, head, ".gitlab/agents/none/config.yaml", 1000))
                    .isEmpty();
            assertThat(client.file(gitaly, repository, head, ".gitlab/agents/other/config.yaml", 300_000))
                    .hasValueSatisfying(bytes -> assertThat(bytes).hasSize(200_004));
            assertThatThrownBy(
                            () -> client.file(gitaly, repository, head, ".gitlab/agents/other/config.yaml", 128 * 1024))
                    .isInstanceOf(GitalyException.class)
                    .hasMessageContaining("200004");
            assertThatThrownBy(() -> client.file(gitaly, repository, head, ".gitlab/agents", 1000))
                    .isInstanceOf(GitalyException.class);
            assertThat(client.files(gitaly, repository, "refs/heads/main", ".gitlab/agents"))
                    .containsExactlyInAnyOrder(path, ".gitlab/agents/other/config.yaml");
            assertThat(client.files(gitaly, repository, "refs/heads/main", "nope"))
                    .isEmpty();
            refusesOtherCallers(client, gitaly, repository);
        }
    }

    private static void refusesOtherCallers(GitalyClient client, GitalyInfo gitaly, GitalyRepository repository) {
        List<String> refs = List.of("HEAD");
        GitalyInfo wrong = new GitalyInfo(gitaly.address(), "wrong", Map.of());
        assertThatThrownBy(() -> client.head(wrong, repository, refs)).hasMessageContaining("PERMISSION_DENIED");
        GitalyInfo none = new GitalyInfo(gitaly.address(), "", Map.of());
        assertThatThrownBy(() -> client.head(none, repository, refs)).hasMessageContaining("UNAUTHENTICATED");
        for (String path : List.of("../secrets", "@hashed/../../secrets", "/etc")) {
            GitalyRepository outside = GitalyRepository.of("default", path, "project-1", "x");
            assertThatThrownBy(() -> client.head(gitaly, outside, refs)).hasMessageContaining("NOT_FOUND");
        }
    }

    private Answer authorize(long agent, String type, String key) throws Exception {
        String body = Json.write(Map.of("agent_id", agent, "access_type", type, "access_key", key));
        return forge.kas("POST", "/api/v4/internal/kubernetes/authorize_proxy_user", null, body);
    }

    @Test
    void letsMembersOfListedProjectsUseTheAgentAsThemselves() throws Exception {
        long project = forge.project("clusters");
        long agent = forge.agent(project, "prod");
        long app = forge.project("shop");
        String pat = "personal_access_token";
        String root = forge.tokenOf(1, "k8s_proxy");
        assertThat(authorize(agent, pat, root).status()).isEqualTo(403);

        configure("clusters", "prod", "user_access:\n  access_as: {user: {}}\n  projects:\n  - id: ROOT/shop\n");
        Answer owner = authorize(agent, pat, root);
        assertThat(owner.status()).isEqualTo(201);
        assertThat(owner.json().get("user").get("username").asString()).isEqualTo("root");
        JsonNode listed =
                owner.json().get("access_as").get("user").get("projects").get(0);
        assertThat(listed.get("id").asLong()).isEqualTo(app);
        assertThat(listed.get("roles").toString())
                .isEqualTo("[\"guest\",\"reporter\",\"developer\",\"maintainer\",\"owner\"]");
        assertThat(owner.json().get("agent").get("name").asString()).isEqualTo("prod");
        assertThat(owner.json().get("agent").get("config_project").get("id").asLong())
                .isEqualTo(project);

        forge.personWithToken("dev", "api");
        long dev = forge.userId("dev");
        String devs = forge.tokenOf(dev, "k8s_proxy");
        assertThat(authorize(agent, pat, devs).status()).isEqualTo(403);
        forge.post("/api/v4/projects/" + app + "/members", "user_id=" + dev + "&access_level=20");
        assertThat(authorize(agent, pat, devs).status()).isEqualTo(403);
        forge.call("PUT", "/api/v4/projects/" + app + "/members/" + dev, forge.rootToken, "access_level=30");
        Answer member = authorize(agent, pat, devs);
        assertThat(member.json().get("access_as").toString()).contains("[\"guest\",\"reporter\",\"developer\"]");
        forge.delete("/api/v4/projects/" + app + "/members/" + dev);
        assertThat(authorize(agent, pat, devs).status()).isEqualTo(403);

        assertThat(authorize(agent, pat, forge.tokenOf(1, "api")).status()).isEqualTo(403);
        assertThat(authorize(agent, pat, "glpat-unknown").status()).isEqualTo(400);
        assertThat(authorize(99_999, pat, root).status()).isEqualTo(404);
        assertThat(authorize(agent, "session_cookie", "x").status()).isEqualTo(401);
        assertThat(authorize(agent, "magic", "x").status()).isEqualTo(400);
    }

    @Test
    void readsEachFormOfTheUserAccessSection() throws Exception {
        long project = forge.project("forms");
        long agent = forge.agent(project, "prod");
        String root = forge.tokenOf(1, "k8s_proxy");
        Map<String, Integer> forms = Map.of(
                "user_access:\n  projects: [{id: root/forms}]\n",
                201,
                "user_access:\n  access_as:\n    agent: {}\n  projects: [{id: root/forms}]\n",
                201,
                "user_access:\n  access_as: {agent: {}, user: {}}\n  projects: [{id: root/forms}]\n",
                403,
                "user_access:\n  access_as: {ci_job: {}}\n  projects: [{id: root/forms}]\n",
                403,
                "user_access:\n  projects: [{id: root/absent}]\n",
                403,
                "ci_access: {}\n",
                403,
                "user_access: [1\n",
                403,
                "",
                403);
        int n = 0;
        for (Map.Entry<String, Integer> form : forms.entrySet()) {
            // What is refused leaves in force what was there.
            configure("forms", "prod", "ci_access: {}\n# " + n++ + "\n");
            configure("forms", "prod", form.getKey() + "# " + n++ + "\n");
            assertThat(authorize(agent, "personal_access_token", root).status())
                    .as(form.getKey())
                    .isEqualTo(form.getValue());
        }
    }

    @Test
    void letsMembersOfListedGroupsUseTheAgent() throws Exception {
        long top = forge.post("/api/v4/groups", "name=ops&path=ops").id();
        long sub = forge.post("/api/v4/groups", "name=team&path=team&parent_id=" + top)
                .id();
        forge.post("/api/v4/groups", "name=strangers&path=strangers");
        long project = forge.post("/api/v4/projects", "name=agents&namespace_id=" + top)
                .id();
        long agent = forge.agent(project, "prod");
        configure(
                "ops/agents",
                "prod",
                "user_access:\n  access_as: {user: {}}\n  groups: [{id: Ops/Team}, {id: strangers}, {id: ops/agents}]\n");
        forge.personWithToken("on-call", "api");
        long person = forge.userId("on-call");
        String token = forge.tokenOf(person, "k8s_proxy");
        assertThat(authorize(agent, "personal_access_token", token).status()).isEqualTo(403);
        forge.post("/api/v4/groups/" + sub + "/members", "user_id=" + person + "&access_level=30");
        Answer member = authorize(agent, "personal_access_token", token);
        assertThat(member.status()).isEqualTo(201);
        JsonNode as = member.json().get("access_as").get("user");
        assertThat(as.get("projects")).isEmpty();
        assertThat(as.get("groups").toString())
                .isEqualTo("[{\"id\":" + sub + ",\"roles\":[\"guest\",\"reporter\",\"developer\"]}]");
    }

    @Test
    void tellsKasAboutAPush() throws Exception {
        BlockingQueue<GitPushEvent> told = new LinkedBlockingQueue<>();
        BlockingQueue<String> tokens = new LinkedBlockingQueue<>();
        Server kas = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(new NotificationsGrpc.NotificationsImplBase() {
                    @Override
                    public void gitPushEvent(GitPushEventRequest request, StreamObserver<GitPushEventResponse> answer) {
                        told.add(request.getEvent());
                        answer.onNext(GitPushEventResponse.getDefaultInstance());
                        answer.onCompleted();
                    }
                })
                .intercept(new ServerInterceptor() {
                    @Override
                    public <Q, A> ServerCall.Listener<Q> interceptCall(
                            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                        String value = headers.get(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER));
                        tokens.add(value == null ? "" : value);
                        return next.startCall(call, headers);
                    }
                })
                .build()
                .start();
        try {
            long project = forge.project("pushed");
            forge.app.announcePushesTo(new InetSocketAddress(InetAddress.getLoopbackAddress(), kas.getPort()));
            configure("pushed", "prod", "ci_access: {}\n");
            GitPushEvent event = told.poll(20, TimeUnit.SECONDS);
            assertThat(event).isNotNull();
            assertThat(event.getProject().getId()).isEqualTo(project);
            assertThat(event.getProject().getFullPath()).isEqualTo("root/pushed");
            String token = tokens.take();
            assertThat(token).startsWith("bearer ");
            new KasJwt(KasSecret.read(forge.app.kasSecretFile()), Clock.systemUTC())
                    .verifyToKas(token.substring("bearer ".length()));
        } finally {
            kas.shutdownNow();
        }
    }

    @Test
    void aRunningJobIsToldItsAgents() {
        long project = forge.project("jobs");
        long agent = forge.agent(project, "prod");
        JobIdentity job =
                new JobIdentity(5, 6, project, 1, true, new JobIdentity.JobEnvironment("prod", "prod", "production"));
        forge.app.jobTokens().put("glcbt-test", job, Instant.now().plusSeconds(60));
        Answer answer = forge.send("GET", "/api/v4/job/allowed_agents", Map.of("Job-Token", "glcbt-test"), "");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().get("allowed_agents").get(0).get("name").asString())
                .isEqualTo("prod");
        assertThat(answer.json().get("allowed_agents").get(0).get("id").asLong())
                .isEqualTo(agent);
        assertThat(answer.json().get("environment").get("tier").asString()).isEqualTo("production");
        assertThat(answer.json().get("user").get("roles_in_project")).hasSize(5);
        forge.app.jobTokens().end(5);
        assertThat(forge.send("GET", "/api/v4/job/allowed_agents", Map.of("Job-Token", "glcbt-test"), "")
                        .status())
                .isEqualTo(401);
    }
}
