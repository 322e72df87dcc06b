package io.fairlead.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.testing.process.Checkout;
import io.fairlead.testing.process.Command;
import io.fairlead.testing.process.Finished;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** GitLab's own command-line client against the forge: sign in, projects, variables, keys, tokens and agents. */
@Tag("story")
@Tag("glab")
class GlabStory {
    private static ForgeScenery scenery;
    private static Path kubeconfig;
    private static String glab = "";
    private static String flux = "";

    @BeforeAll
    static void open() {
        kubeconfig = Scenery.cluster(Checkout.here());
        glab = Checkout.here().tool("glab");
        flux = Checkout.here().tool("flux");
        scenery = ForgeScenery.open("glab");
        String host = scenery.authority();
        at(scenery.home(), "auth", "login", "--hostname", host, "--api-host", host, "--api-protocol", "https")
                .plus("--git-protocol", "https", "--stdin")
                .input(scenery.token())
                .ask();
        scenery.program("git", "config", "--global", "credential.https://" + host + ".helper")
                .plus("!" + glab + " auth git-credential")
                .ask();
    }

    @AfterAll
    static void close() {
        if (scenery != null) {
            new Kubectl("kubectl", kubeconfig).run("delete", "namespace", "gitlab-agent", "--wait=false");
            scenery.figures("glab signed in, and an agent that it bootstrapped twice");
            scenery.close();
        }
    }

    private static Command at(Path folder, String... arguments) {
        return scenery.program("sh", "-c", "cd \"$0\" && exec \"$@\"", folder.toString(), glab)
                .env("GITLAB_HOST", "https://" + scenery.authority())
                .env("GLAB_CONFIG_DIR", scenery.home().resolve("glab").toString())
                .env("GLAB_CHECK_UPDATE", "false")
                .env("NO_PROMPT", "true")
                .env("NO_COLOR", "1")
                .env("KUBECONFIG", kubeconfig.toString())
                .env("PATH", Path.of(flux).getParent() + ":" + System.getenv("PATH"))
                .within(Duration.ofMinutes(2))
                .plus(arguments);
    }

    private static Finished glab(String... arguments) {
        return at(scenery.home(), arguments).run().orFail();
    }

    @Test
    void knowsWhoSignedInAndThatTheTokenIsGood() {
        Finished status = glab("auth", "status", "--hostname", scenery.authority());
        assertThat(status.text() + status.err())
                .contains("Logged in to " + scenery.authority() + " as root")
                .doesNotContain("Invalid token");
    }

    @Test
    void makesShowsAndClonesAProject() {
        Path here = ForgeScenery.create(scenery.folder().resolve("made"));
        scenery.did(here, "init", "--quiet");
        at(here, "repo", "create", "root/made", "--private", "--readme", "-d", "made by glab")
                .ask();
        assertThat(glab("repo", "view", "root/made").text()).contains("made by glab", "# made");
        assertThat(glab("repo", "list").text()).contains("root/made");
        at(scenery.folder(), "repo", "clone", "root/made", "made-copy").ask();
        assertThat(ForgeScenery.read(scenery.folder().resolve("made-copy/README.md")))
                .isEqualTo("# made");
        assertThat(glab("api", "projects/root%2Fmade").text()).contains("\"path_with_namespace\":\"root/made\"");
        assertThat(glab("api", "--paginate", "projects").text()).contains("root/made");
        glab("repo", "delete", "root/made", "--yes");
    }

    @Test
    void keepsVariables() {
        scenery.project("variables");
        glab("variable", "set", "DEPLOY", "s3cret-one", "-R", "root/variables");
        assertThat(glab("variable", "get", "DEPLOY", "-R", "root/variables").text())
                .isEqualTo("s3cret-one");
        glab("variable", "update", "DEPLOY", "s3cret-two", "-R", "root/variables");
        assertThat(glab("variable", "list", "-R", "root/variables").text()).contains("DEPLOY");
        assertThat(glab("variable", "export", "-R", "root/variables").text()).contains("s3cret-two");
        glab("variable", "delete", "DEPLOY", "-R", "root/variables");
        assertThat(at(scenery.home(), "variable", "get", "DEPLOY", "-R", "root/variables")
                        .run()
                        .succeeded())
                .isFalse();
    }

    @Test
    void keepsSshKeysAndTokens() {
        Path key = scenery.home().resolve("second");
        Command.of("ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", key.toString())
                .ask();
        glab("ssh-key", "add", key + ".pub", "-t", "second");
        assertThat(glab("ssh-key", "list").text()).contains("second\tecdsa-sha2-nistp256");
        scenery.project("tokens");
        String created = glab(
                        "token",
                        "create",
                        "robot",
                        "-R",
                        "root/tokens",
                        "--scope",
                        "read_api",
                        "--access-level",
                        "developer")
                .text()
                .strip();
        assertThat(created).startsWith("glpat-").hasSize(26);
        assertThat(glab("token", "list", "-R", "root/tokens").text()).contains("robot", "developer", "read_api");
        assertThat(glab("token", "rotate", "robot", "-R", "root/tokens").text().strip())
                .startsWith("glpat-")
                .isNotEqualTo(created);
        assertThat(glab("token", "revoke", "robot", "-R", "root/tokens").text()).contains("revoked robot");
    }

    /** Helm's controller cannot be had here, so Flux is not asked to bring the agent itself up; it runs beside the cluster. */
    @Test
    void bootstrapsAnAgentTwiceAndKubectlGoesThroughIt() {
        scenery.api("POST", "/projects", "{\"name\":\"fleet\",\"initialize_with_readme\":true}");
        String[] bootstrap = {
            "cluster",
            "agent",
            "bootstrap",
            "edge",
            "-R",
            "root/fleet",
            "--manifest-path",
            "clusters/one",
            "--no-reconcile"
        };
        assertThat(glab(bootstrap).err()).contains("Successfully bootstrapped the GitLab Agent");
        assertThat(glab(bootstrap).err()).contains("Successfully bootstrapped the GitLab Agent");
        assertThat(glab("cluster", "agent", "list", "-R", "root/fleet").text()).contains("Showing 1 agent");
        Path clone = scenery.folder().resolve("fleet");
        at(scenery.folder(), "repo", "clone", "root/fleet", "fleet").ask();
        assertThat(ForgeScenery.read(clone.resolve(".gitlab/agents/edge/config.yaml")))
                .contains("root/fleet");
        assertThat(ForgeScenery.read(clone.resolve("clusters/one/gitlab-agent-helm-release.yaml")))
                .contains("kasAddress: "
                        + scenery.line().server().ready().kasUrl().orElseThrow());

        Kubectl admin = new Kubectl("kubectl", kubeconfig);
        String secret =
                admin.ask("get", "secret", "gitlab-agent-token", "-n", "gitlab-agent", "-o", "jsonpath={.data.token}");
        ForgeScenery.write(
                scenery.line().agentTokenFile(),
                new String(Base64.getDecoder().decode(secret), StandardCharsets.US_ASCII));
        scenery.line()
                .replaceAgent(
                        scenery.line().server().ready().kasUrl().orElseThrow(),
                        kubeconfig,
                        scenery.line().caFile())
                .start();

        Path through = scenery.folder().resolve("through.kubeconfig");
        long agent = scenery.api("GET", "/projects/root%2Ffleet/cluster_agents", "")
                .get(0)
                .path("id")
                .asLong();
        glab(
                "cluster",
                "agent",
                "update-kubeconfig",
                "--agent",
                Long.toString(agent),
                "-R",
                "root/fleet",
                "--use-context",
                "--kubeconfig",
                through.toString());
        new Kubectl("kubectl", through)
                .ask(
                        "config",
                        "set-cluster",
                        scenery.authority().replace('.', '_'),
                        "--certificate-authority=" + scenery.line().caFile());
        Finished namespaces = kubectlThrough(clone, through);
        assertThat(namespaces.text()).contains("namespace/kube-system");
    }

    /** kubectl asks glab for a token, and glab asks the folder it is in for the project. */
    private static Finished kubectlThrough(Path clone, Path through) {
        Command glabsSurroundings = at(clone);
        Command kubectl = scenery.program("sh", "-c", "cd \"$0\" && exec \"$@\"", clone.toString(), "kubectl")
                .plus("get", "namespaces", "-o", "name");
        for (String name : new String[] {"GITLAB_HOST", "GLAB_CONFIG_DIR", "NO_PROMPT"}) {
            kubectl = kubectl.env(name, glabsSurroundings.environment().getOrDefault(name, ""));
        }
        return kubectl.env("KUBECONFIG", through.toString())
                .within(Duration.ofSeconds(60))
                .run()
                .orFail();
    }
}
