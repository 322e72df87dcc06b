package io.fairlead.it.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.testing.postgresql.PostgresqlServer;
import io.fairlead.testing.process.Command;
import io.fairlead.testing.process.Finished;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A server that keeps its people, projects and tokens in PostgreSQL: daily work, and what happens when either is killed. */
@Tag("story")
@Tag("postgresql")
class PostgresqlStory {
    private static final Duration RETURN_MAX = Duration.ofSeconds(10);

    /** A request waits for a connection for 5 s at most. */
    private static final Duration ANSWER_MAX = Duration.ofSeconds(8);

    private static final int CLIENTS = 4;
    private static final int COMPARED = 2_000;
    private static final List<String> FIGURES = new ArrayList<>();

    private static PostgresqlServer postgresql;
    private static String database;
    private static ForgeScenery scenery;

    /** Tells clients to end, before whoever waits for them does. */
    private interface Ending extends AutoCloseable {
        @Override
        void close();
    }

    /** One answer: its status and how long it took. */
    private record Answered(int status, Duration took, String body) {}

    @BeforeAll
    static void open() throws IOException {
        postgresql = PostgresqlServer.durable();
        database = postgresql.freshDatabase();
        scenery = ForgeScenery.open("postgresql", configured("""
                database:
                  adapter: postgresql
                  host: %s
                  port: %d
                  database: %s
                  username: %s
                  password_file: %s
                """.formatted(
                postgresql.host(), postgresql.port(), database, PostgresqlServer.USER, postgresql.passwordFile())));
    }

    /**
     * The option that names a configuration file of these lines. One administrator plays everybody here, as fast as the machine
     * can: that is more than what one person is let do in a minute.
     */
    private static String configured(String lines) throws IOException {
        Path file = Files.createTempFile("fairlead-story", ".yaml");
        return "--configuration-file="
                + Files.writeString(file, lines + "rate_limit: {requests_per_minute: 10000000}\n");
    }

    @AfterAll
    static void close() {
        if (scenery != null) {
            scenery.figures(String.join("; ", FIGURES));
            scenery.close();
        }
        if (postgresql != null) {
            postgresql.close();
        }
    }

    private static long inDatabase(String query) {
        return Long.parseLong(postgresql.sql(database, query).getFirst());
    }

    private static int status(String path) {
        return scenery.answer("GET", path, "").statusCode();
    }

    @Test
    void dailyWorkIsKeptThere() throws IOException {
        long project = scenery.project("daily").path("id").asLong();
        Path here = scenery.repository("daily");
        String https = scenery.api("GET", "/projects/" + project, "")
                .path("http_url_to_repo")
                .asString();
        String ssh = scenery.api("GET", "/projects/" + project, "")
                .path("ssh_url_to_repo")
                .asString();
        scenery.did(here, "push", "--quiet", https, "main");
        String head = scenery.commit(here, "b", "b\n");
        scenery.did(here, "push", "--quiet", ssh, "main");
        long agent = scenery.api("POST", "/projects/" + project + "/cluster_agents", "{\"name\":\"edge\"}")
                .path("id")
                .asLong();
        scenery.api("POST", "/projects/" + project + "/cluster_agents/" + agent + "/tokens", "{\"name\":\"t\"}");
        assertThat(scenery.api("GET", "/projects/" + project + "/repository/commits/main", "")
                        .path("id")
                        .asString())
                .isEqualTo(head);
        assertThat(inDatabase("select count(*) from cluster_agent_tokens where agent_id = " + agent))
                .isEqualTo(1);
        Path data = scenery.folder().resolve("server/data");
        assertThat(data.resolve("repositories")).exists();
        assertThat(data.resolve("fairlead.db")).doesNotExist();
    }

    @Test
    void whereItKeepsThingsIsSaidAndThePasswordIsNot() throws IOException {
        String log = Files.readString(scenery.line().server().process().log());
        assertThat(log)
                .contains("the database is " + database + " at 127.0.0.1:" + postgresql.port())
                .doesNotContain(postgresql.password());
        Path process = Path.of("/proc/" + scenery.line().server().process().pid());
        assertThat(Files.readString(process.resolve("cmdline"))).doesNotContain(postgresql.password());
    }

    @Test
    void aKilledServerHasKeptAllThatItAnswered() {
        for (int round = 0; round < 3; round++) {
            Set<String> answered = writingWhile("killed-" + round + "-", () -> {
                scenery.line().server().process().kill();
            });
            Duration start = scenery.line().server().start();
            assertThat(answered).isNotEmpty().allMatch(path -> status(path) == 200);
            FIGURES.add("%d projects answered before kill -9, all there, ready again in %.1f s"
                    .formatted(answered.size(), start.toMillis() / 1e3));
        }
    }

    @Test
    void aKilledDatabaseHasKeptAllThatWasAnswered() {
        Set<String> answered = writingWhile("crashed-", () -> {
            postgresql.kill();
            postgresql.start();
        });
        await().atMost(RETURN_MAX).until(() -> status("/user") == 200);
        assertThat(answered).isNotEmpty().allMatch(path -> status(path) == 200);
    }

    /** Makes projects from several threads until something happens; the paths of those that were answered as made. */
    private static Set<String> writingWhile(String prefix, Runnable happens) {
        Set<String> made = ConcurrentHashMap.newKeySet();
        AtomicBoolean end = new AtomicBoolean();
        AtomicInteger number = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Ending _ = () -> end.set(true)) {
            for (int i = 0; i < CLIENTS; i++) {
                threads.submit(() -> {
                    while (!end.get()) {
                        String name = prefix + number.incrementAndGet();
                        try {
                            HttpResponse<String> answer =
                                    scenery.answer("POST", "/projects", "{\"name\":\"" + name + "\"}");
                            if (answer.statusCode() == 201) {
                                made.add("/projects/root%2F" + name);
                            }
                        } catch (UncheckedIOException e) {
                            // The server was killed under it: nobody was told that it is made.
                            return;
                        }
                    }
                });
            }
            await().until(() -> made.size() >= 20);
            happens.run();
        }
        return made;
    }

    @Test
    void requestsAreToldWhileTheDatabaseIsAwayAndServedWhenItIsBack() throws Exception {
        long project = scenery.project("patient").path("id").asLong();
        String path = "/projects/" + project;
        ConcurrentLinkedQueue<Answered> answers = new ConcurrentLinkedQueue<>();
        AtomicBoolean end = new AtomicBoolean();
        double seconds;
        List<Future<?>> clients = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Ending _ = () -> end.set(true)) {
            for (int i = 0; i < CLIENTS; i++) {
                boolean writes = i == 0;
                clients.add(threads.submit(() -> {
                    while (!end.get()) {
                        answers.add(writes ? timed("PUT", path, "{\"description\":\"x\"}") : timed("GET", path, ""));
                    }
                }));
            }
            await().until(() -> answers.size() > 50);
            postgresql.stop();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> answers.stream()
                                    .filter(answer -> answer.status == 503)
                                    .count()
                            > CLIENTS);
            Finished push = scenery.git(scenery.repository("patient"))
                    .plus("push", "https://" + scenery.authority() + "/root/patient.git", "main")
                    .run();
            assertThat(push.succeeded()).isFalse();
            assertThat(push.err()).contains("503");
            postgresql.start();
            long began = System.nanoTime();
            await().atMost(RETURN_MAX).until(() -> status(path) == 200);
            seconds = (System.nanoTime() - began) / 1e9;
        }
        for (Future<?> client : clients) {
            client.get();
        }
        assertThat(answers).allMatch(answer -> answer.status == 200 || answer.status == 503);
        assertThat(answers).allMatch(answer -> answer.took.compareTo(ANSWER_MAX) < 0);
        assertThat(answers.stream().filter(answer -> answer.status == 503))
                .allMatch(answer -> answer.body.contains("the database does not answer"));
        double longest = answers.stream()
                        .mapToLong(answer -> answer.took.toMillis())
                        .max()
                        .orElseThrow()
                / 1e3;
        FIGURES.add("database stopped: %d answers of 503, the longest after %.1f s, back %.1f s after it serves"
                .formatted(
                        answers.stream().filter(answer -> answer.status == 503).count(), longest, seconds));
    }

    /** A short restart is only waited for. */
    @Test
    void mostRequestsDoNotNoticeAShortRestart() throws Exception {
        long project = scenery.project("short").path("id").asLong();
        AtomicInteger served = new AtomicInteger();
        AtomicInteger told = new AtomicInteger();
        AtomicBoolean end = new AtomicBoolean();
        List<Future<?>> clients = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Ending _ = () -> end.set(true)) {
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(threads.submit(() -> {
                    while (!end.get()) {
                        int status = timed("GET", "/projects/" + project, "").status;
                        (status == 200 ? served : told).incrementAndGet();
                        assertThat(status).isIn(200, 503);
                    }
                }));
            }
            await().until(() -> served.get() > 20);
            postgresql.stop();
            postgresql.start();
            int before = served.get();
            await().atMost(RETURN_MAX).until(() -> served.get() > before + 20);
        }
        for (Future<?> client : clients) {
            client.get();
        }
        FIGURES.add("short restart: %d served, %d told 503".formatted(served.get(), told.get()));
    }

    private static Answered timed(String method, String path, String body) {
        long began = System.nanoTime();
        HttpResponse<String> answer = scenery.answer(method, path, body);
        return new Answered(answer.statusCode(), Duration.ofNanos(System.nanoTime() - began), answer.body());
    }

    /** What a client notices of the choice. No test judges it: the machine is shared. */
    @Test
    void readsAboutAsFastAsTheEmbeddedDatabase() throws IOException {
        String path = "/projects/" + scenery.project("compared").path("id").asLong();
        try (ForgeScenery embedded = ForgeScenery.open("postgresql-compared", configured(""))) {
            String theirs =
                    "/projects/" + embedded.project("compared").path("id").asLong();
            median(scenery, path);
            median(embedded, theirs);
            double[] server = new double[3];
            double[] file = new double[3];
            for (int i = 0; i < server.length; i++) {
                server[i] = median(scenery, path);
                file[i] = median(embedded, theirs);
            }
            Arrays.sort(server);
            Arrays.sort(file);
            FIGURES.add("GET /projects/:id p50 %.2f ms, with SQLite %.2f ms".formatted(server[1], file[1]));
        }
    }

    private static double median(ForgeScenery where, String path) {
        long[] nanos = new long[COMPARED];
        for (int i = 0; i < nanos.length; i++) {
            long began = System.nanoTime();
            assertThat(where.answer("GET", path, "").statusCode()).isEqualTo(200);
            nanos[i] = System.nanoTime() - began;
        }
        Arrays.sort(nanos);
        return nanos[nanos.length / 2] / 1e6;
    }

    /** Wrong choices end the start at once, with a sentence. */
    @Test
    void aServerThatCannotReachItsDatabaseSaysWhatToDo() {
        Path data = ForgeScenery.create(scenery.folder().resolve("elsewhere"));
        Finished refused = scenery.line()
                .server()
                .command("server")
                .plus("--data-dir=" + data)
                .plus("--https-port=0", "--http-port=0", "--grpc-port=0", "--ssh-port=0", "--observability-port=0")
                .plus("--database-host=127.0.0.1", "--database-password-file=" + postgresql.passwordFile())
                .env("FAIRLEAD_DATABASE_PORT", Integer.toString(postgresql.port()))
                .env("FAIRLEAD_DATABASE_DATABASE", "nowhere")
                .env("FAIRLEAD_DATABASE_USERNAME", PostgresqlServer.USER)
                .run();
        assertThat(refused.succeeded()).isFalse();
        assertThat(refused.err() + refused.text())
                .contains("createdb --owner fairlead")
                .doesNotContain(postgresql.password());
        assertThat(Command.of("ls", data.toString()).ask()).doesNotContain("fairlead.db");
    }
}
