package io.fairlead.testing.line;

import io.fairlead.base.json.Json;
import io.fairlead.testing.process.Checkout;
import io.fairlead.testing.process.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A server with one project, one agent and a kubeconfig that leads through both. The project's configuration lets its
 * administrator act with the agent's own power ({@code access_as: agent}), so that answers can be compared with those of
 * going direct.
 */
public final class Line implements AutoCloseable {
    private static final String AGENT = "line";

    private final Checkout checkout;
    private final Path folder;
    private final LineServer server;
    private String project = "";
    private Optional<Path> image = Optional.empty();
    private LineAgent agent;

    private Line(Checkout checkout, Path folder, String... serverOptions) {
        this.checkout = checkout;
        this.folder = folder;
        this.server = new LineServer(checkout, folder, List.of(serverOptions));
        this.agent = new LineAgent(checkout, "", agentTokenFile(), folder, folder, folder);
    }

    /**
     * Starts everything in {@code folder}, which must be empty or absent.
     *
     * @param upstream kubeconfig of the API server behind the agent
     */
    public static Line start(Checkout checkout, Path folder, Path upstream, String... serverOptions) {
        Line line = withoutAgent(checkout, folder, serverOptions);
        try {
            line.replaceAgent(line.server.ready().kasUrl().orElseThrow(), upstream, line.caFile())
                    .start();
        } catch (RuntimeException | Error e) {
            line.close();
            throw e;
        }
        return line;
    }

    /** The same with an agent that is known to the server but does not run yet; {@link #replaceAgent} brings one. */
    public static Line withoutAgent(Checkout checkout, Path folder, String... serverOptions) {
        Line line = new Line(checkout, folder, serverOptions);
        try {
            Files.createDirectories(folder);
            line.server.start();
            line.prepare();
        } catch (IOException e) {
            line.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException | Error e) {
            line.close();
            throw e;
        }
        return line;
    }

    public LineServer server() {
        return server;
    }

    public LineAgent agent() {
        return agent;
    }

    /** Ends the agent; the next one takes another way to kas, or stands before another API server. It is not started. */
    public LineAgent replaceAgent(String kasAddress, Path otherUpstream, Path ca) {
        agent.close();
        agent = new LineAgent(checkout, kasAddress, agentTokenFile(), ca, otherUpstream, folder);
        image.ifPresent(root -> agent = agent.inImage(root));
        return agent;
    }

    /** Replaces the agent by one from its image that finds its API server as in a pod; {@link #useImage} comes before. */
    public LineAgent replaceAgentByPod(String kasAddress, ServiceAccount account, Path ca) {
        return replaceAgent(kasAddress, account.authority(), ca).withServiceAccount(account);
    }

    /**
     * Agents brought from now on run from a copy of the image that {@code ./dev images} built, as they do in a pod.
     *
     * @return false when there is no image or this is not root; agents then run as on a machine
     */
    public boolean useImage() {
        Path built = checkout.root().resolve("build/images/root");
        Path copy = folder.resolve("image");
        if (!Files.exists(built.resolve("app/agentk.aot")) || !"root".equals(System.getProperty("user.name"))) {
            return false;
        }
        Command.of("cp", "-a", built.toString(), copy.toString()).ask();
        image = Optional.of(copy);
        return true;
    }

    /** Agents brought from now on run as on a machine. */
    public void useMachine() {
        image = Optional.empty();
    }

    /** For kubectl through the line. */
    public Path kubeconfig() {
        return folder.resolve("line.kubeconfig");
    }

    /** Project and agent as commands name them. */
    public String agentName() {
        return project + ":" + AGENT;
    }

    /** The project's path with its namespace. */
    public String project() {
        return project;
    }

    public Path agentTokenFile() {
        return folder.resolve("agent.token");
    }

    public Path folder() {
        return folder;
    }

    /** What kubectl would send: {@code pat:AGENT:TOKEN}. */
    public String credential() {
        try {
            String text = Files.readString(kubeconfig());
            int start = text.indexOf("pat:");
            int end = start;
            while (end < text.length() && "\"'\n\r ,}".indexOf(text.charAt(end)) < 0) {
                end++;
            }
            return text.substring(start, end);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where requests of the Kubernetes API go, without a slash at the end. */
    public String proxyUrl() {
        return server.ready().k8sProxyUrl().orElseThrow().replaceFirst("/+$", "");
    }

    public Path caFile() {
        return Path.of(server.ready().caFile().orElseThrow());
    }

    @Override
    public void close() {
        try (server) {
            agent.close();
        }
    }

    private void prepare() {
        JsonNode created = Json.read(
                server.command("project", "create", "line", "--output", "json").ask(), JsonNode.class);
        project = created.path("path_with_namespace").asString();
        server.command("agent", "create", agentName()).ask();
        server.command("agent", "token", agentName(), "--file", agentTokenFile().toString())
                .ask();
        pushConfiguration(created.path("http_url_to_repo").asString());
        server.command(
                        "agent",
                        "kubeconfig",
                        agentName(),
                        "--static-token",
                        "--file",
                        kubeconfig().toString())
                .ask();
    }

    /** Writes the agent's configuration file with Git, as its users do. */
    private void pushConfiguration(String repository) {
        Path clone = folder.resolve("clone");
        Path file = clone.resolve(".gitlab/agents/" + AGENT + "/config.yaml");
        git("clone", "--quiet", repository, clone.toString()).ask();
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, """
                    user_access:
                      access_as:
                        agent: {}
                      projects:
                        - id: %s
                    """.formatted(project));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Command inClone = git("-C", clone.toString());
        inClone.plus("checkout", "--quiet", "-B", "main").ask();
        inClone.plus("add", ".gitlab").ask();
        inClone.plus("commit", "--quiet", "-m", "Let the project's people in").ask();
        inClone.plus("push", "--quiet", "origin", "main").ask();
    }

    private Command git(String... arguments) {
        String basic =
                Base64.getEncoder().encodeToString(("oauth2:" + server.adminToken()).getBytes(StandardCharsets.UTF_8));
        return Command.of("git")
                .env("GIT_CONFIG_COUNT", "3")
                .env("GIT_CONFIG_KEY_0", "http.extraHeader")
                .env("GIT_CONFIG_VALUE_0", "Authorization: Basic " + basic)
                .env("GIT_CONFIG_KEY_1", "user.name")
                .env("GIT_CONFIG_VALUE_1", "Line")
                .env("GIT_CONFIG_KEY_2", "user.email")
                .env("GIT_CONFIG_VALUE_2", "line@fairlead.local")
                .env("GIT_SSL_CAINFO", caFile().toString())
                .env("GIT_TERMINAL_PROMPT", "0")
                .plus(arguments);
    }
}
