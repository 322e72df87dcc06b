package io.fairlead.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.base.json.Json;
import io.fairlead.base.ready.ReadyFile;
import io.fairlead.testing.process.Background;
import io.fairlead.testing.process.Checkout;
import io.fairlead.testing.process.Finished;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A server is backed up while people push, and goes on elsewhere from what the backup holds. No cluster is needed. */
@Tag("story")
@Tag("backup-restore")
class BackupRestoreStory {
    private static final int PROJECTS = 5;
    private static final int BACKUPS = 3;
    private static final Duration READY_MAX = Duration.ofSeconds(60);

    private static ForgeScenery scenery;

    @BeforeAll
    static void open() {
        scenery = ForgeScenery.open("backup-restore");
    }

    @AfterAll
    static void close() {
        if (scenery != null) {
            scenery.close();
        }
    }

    /** Pushes a commit as two branches and a tag, to one project after the other, until it is closed. */
    private static final class Pushing implements AutoCloseable {
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final AtomicInteger pushes = new AtomicInteger();
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private final Thread thread;

        Pushing(Map<String, Path> remotes) {
            thread = Thread.ofPlatform().start(() -> {
                try {
                    for (int i = 0; !stopped.get(); i++) {
                        for (var remote : remotes.entrySet()) {
                            scenery.commit(remote.getValue(), "file", "text " + i + "\n");
                            scenery.did(
                                    remote.getValue(),
                                    "push",
                                    "--quiet",
                                    remote.getKey(),
                                    "main",
                                    "main:twin",
                                    "main:refs/tags/t" + i);
                            pushes.incrementAndGet();
                        }
                    }
                } catch (RuntimeException | Error e) {
                    failure.set(e);
                }
            });
        }

        void awaitPushes(int more) throws InterruptedException {
            int target = pushes.get() + more;
            while (pushes.get() < target && failure.get() == null) {
                thread.join(10);
            }
        }

        @Override
        public void close() throws InterruptedException {
            stopped.set(true);
            thread.join();
            if (failure.get() != null) {
                throw new AssertionError("a push failed", failure.get());
            }
        }
    }

    @Test
    void goesOnFromABackupTakenWhilePeoplePush() throws Exception {
        Map<String, Path> remotes = new TreeMap<>();
        for (int i = 0; i < PROJECTS; i++) {
            String name = "project" + i;
            remotes.put(scenery.project(name).path("http_url_to_repo").asString(), scenery.repository(name));
        }
        Path archive = scenery.folder().resolve("backup.tar");
        Map<String, String> before = new TreeMap<>();
        List<Finished> backups = new ArrayList<>();
        int during = 0;
        try (Pushing pushing = new Pushing(remotes)) {
            pushing.awaitPushes(2 * PROJECTS);
            for (int i = 0; i < BACKUPS; i++) {
                for (var remote : remotes.entrySet()) {
                    before.put(remote.getKey(), tip(remote.getKey(), "refs/heads/main"));
                }
                int count = pushing.pushes.get();
                backups.add(backup(archive));
                during += pushing.pushes.get() - count;
            }
            pushing.awaitPushes(1);
        }
        Path restored = scenery.folder().resolve("restored");
        Finished restore = Checkout.here()
                .fairlead("restore", "--from", archive.toString(), "--data", restored.toString())
                .run()
                .orFail();
        Path ready = scenery.folder().resolve("restored-ready.json");
        Background server = Checkout.here()
                .fairlead("server", "--data-dir", restored.toString(), "--ready-file", ready.toString())
                .plus("--https-port", "0", "--http-port", "0", "--ssh-port", "0", "--grpc-port", "0")
                .plus("--observability-port", "0")
                .start(scenery.folder().resolve("restored.log"));
        try {
            server.awaitFile(ready, READY_MAX);
            String url = ReadyFile.read(ready).orElseThrow().httpUrl().orElseThrow();
            for (var tip : before.entrySet()) {
                checkRepository(url, URI.create(tip.getKey()).getPath(), tip.getValue());
            }
            checkPeopleAndAgents(url, restored);
        } finally {
            server.close();
        }
        fsck(restored);
        long took =
                backups.stream().mapToLong(one -> one.took().toMillis()).max().orElse(0);
        scenery.figures(BACKUPS + " backups of " + PROJECTS + " projects during " + during + " pushes, slowest " + took
                + " ms, " + Files.size(archive) / 1_000 + " kB; restored in "
                + restore.took().toMillis() + " ms");
    }

    private static Finished backup(Path archive) {
        return scenery.line()
                .server()
                .command("backup", "--to", archive.toString(), "--overwrite")
                .run()
                .orFail();
    }

    private static String tip(String remote, String ref) {
        return scenery.did(scenery.folder(), "ls-remote", remote, ref).text().split("\\s")[0];
    }

    /** Everything that was pushed before the backup began is there, and what was pushed at once stands at one commit. */
    private static void checkRepository(String url, String path, String tipBefore) {
        Path copy = scenery.folder().resolve("restored-" + path.replaceAll("\\W", "-"));
        scenery.did(scenery.folder(), "clone", "--quiet", url + path, copy.toString());
        scenery.did(copy, "fsck", "--full", "--strict");
        scenery.did(copy, "merge-base", "--is-ancestor", tipBefore, "origin/main");
        assertThat(scenery.did(copy, "rev-parse", "origin/twin").text())
                .isEqualTo(scenery.did(copy, "rev-parse", "origin/main").text());
        scenery.commit(copy, "after", "after\n");
        scenery.did(copy, "push", "--quiet", "origin", "HEAD:main");
    }

    /** The administrator's token, the agent's and the SSH host key are those of before. */
    private static void checkPeopleAndAgents(String url, Path restored) throws IOException, InterruptedException {
        String token = ForgeScenery.read(restored.resolve("secrets/root-token"));
        try (HttpClient client = HttpClient.newHttpClient()) {
            JsonNode agents = Json.tree(client.send(
                            HttpRequest.newBuilder(URI.create(url + "/api/v4/projects/root%2Fline/cluster_agents"))
                                    .header("PRIVATE-TOKEN", token)
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body());
            assertThat(agents.get(0).path("name").asString()).isEqualTo("line");
        }
        Path agentReady = scenery.folder().resolve("restored-agent-ready.json");
        ReadyFile server =
                ReadyFile.read(scenery.folder().resolve("restored-ready.json")).orElseThrow();
        Background agent = Checkout.here()
                .fairlead(
                        "agentk",
                        "--kas-address=" + server.kasUrl().orElseThrow(),
                        "--token-file=" + scenery.line().agentTokenFile(),
                        "--ca-cert-file=" + server.caFile().orElseThrow(),
                        "--kubeconfig=" + nowhere(),
                        "--observability-listen-address=127.0.0.1:0",
                        "--ready-file=" + agentReady)
                .start(scenery.folder().resolve("restored-agent.log"));
        try {
            agent.awaitFile(agentReady, READY_MAX);
        } finally {
            agent.close();
        }
        assertThat(restored.resolve("secrets/ssh-host-key"))
                .hasSameTextualContentAs(scenery.folder().resolve("server/data/secrets/ssh-host-key"));
    }

    /** The agent is to connect to kas; its cluster is not asked for anything. */
    private static Path nowhere() {
        Path file = scenery.folder().resolve("nowhere.kubeconfig");
        ForgeScenery.write(file, """
                apiVersion: v1
                kind: Config
                current-context: nowhere
                clusters: [{name: nowhere, cluster: {server: "https://127.0.0.1:1"}}]
                users: [{name: nobody, user: {token: none}}]
                contexts: [{name: nowhere, context: {cluster: nowhere, user: nobody}}]
                """);
        return file;
    }

    private static void fsck(Path restored) throws IOException {
        try (var tree = Files.walk(restored.resolve("repositories"))) {
            List<Path> repositories =
                    tree.filter(path -> path.toString().endsWith(".git")).toList();
            assertThat(repositories).hasSize(PROJECTS + 1);
            for (Path repository : repositories) {
                scenery.did(repository, "fsck", "--full", "--strict");
            }
        }
    }
}
