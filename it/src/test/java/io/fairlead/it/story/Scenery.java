package io.fairlead.it.story;

import io.fairlead.testing.line.Line;
import io.fairlead.testing.process.Checkout;
import io.fairlead.testing.process.Command;
import io.fairlead.testing.process.Finished;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** What every story plays in: the cluster, and a line before it. Logs stay in {@code it/target/stories/NAME}. */
final class Scenery implements AutoCloseable {
    private final String story;
    private final long beganNanos = System.nanoTime();
    private final Path admin;
    private final Line line;

    private Scenery(String story, Path admin, Line line) {
        this.story = story;
        this.admin = admin;
        this.line = line;
    }

    static Scenery open(String story, String... serverOptions) {
        Checkout checkout = Checkout.here();
        Path admin = cluster(checkout);
        Path folder = checkout.root().resolve("it/target/stories").resolve(story);
        empty(folder);
        Line line = Line.start(checkout, folder, admin, serverOptions);
        Scenery scenery = new Scenery(story, admin, line);
        scenery.awaitPassage();
        return scenery;
    }

    Checkout checkout() {
        return Checkout.here();
    }

    Line line() {
        return line;
    }

    /** The cluster's administrator, going direct. */
    Path admin() {
        return admin;
    }

    Kubectl direct(String program) {
        return new Kubectl(program, admin);
    }

    Kubectl through(String program) {
        return new Kubectl(program, line.kubeconfig());
    }

    /** Whether the cluster is ours, so that parts of it may be stopped and its audit log is that of these requests. */
    static boolean ownsCluster() {
        Finished own = Checkout.here().cluster("kubeconfig").run();
        String given = System.getenv("KUBECONFIG");
        return own.succeeded()
                && (given == null
                        || given.isEmpty()
                        || server(Path.of(given))
                                .equals(server(Path.of(own.text().strip()))));
    }

    private static String server(Path kubeconfig) {
        return new Kubectl("kubectl", kubeconfig)
                .ask("config", "view", "--minify", "-o", "jsonpath={.clusters[0].cluster.server}");
    }

    /** Waits until requests pass, which they do a moment after the agent's configuration was pushed. */
    void awaitPassage() {
        Awaitility.await("requests pass")
                .atMost(30, TimeUnit.SECONDS)
                .pollInterval(100, TimeUnit.MILLISECONDS)
                .until(() ->
                        through("kubectl").run("get", "namespace", "default").succeeded());
    }

    /** The story's last line. */
    void figures(String text) {
        System.out.printf("story %s: %s (%.0f s)%n", story, text, (System.nanoTime() - beganNanos) / 1e9);
    }

    @Override
    public void close() {
        line.close();
    }

    /** The file with the cluster's administrator: the one that is given, else that of our own cluster, brought up now. */
    static Path cluster(Checkout checkout) {
        String given = System.getenv("KUBECONFIG");
        if (given != null && !given.isEmpty()) {
            return Path.of(given);
        }
        checkout.cluster("up").run().orFail();
        return Path.of(checkout.cluster("kubeconfig").ask());
    }

    static void empty(Path folder) {
        try {
            if (Files.exists(folder)) {
                Command.of("rm", "-rf", folder.toString()).ask();
            }
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Names of the kubectl builds to try: the machine's own, the newest, and one that still speaks SPDY. */
    static Stream<String> kubectls() {
        Checkout checkout = Checkout.here();
        return Stream.of("kubectl", checkout.tool("kubectl-new"), checkout.tool("kubectl-old"));
    }
}
