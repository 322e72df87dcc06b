package io.fairlead.testing.postgresql;

import io.fairlead.testing.process.Background;
import io.fairlead.testing.process.Checkout;
import io.fairlead.testing.process.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL of its own on a free loopback port, that keeps its port when it is started again. Whoever owns the databases
 * made here is {@link #USER}, who needs the password in {@link #passwordFile}.
 */
public final class PostgresqlServer implements AutoCloseable {
    public static final String USER = "fairlead";
    static final String ADMINISTRATOR = "postgres";

    private static final String PASSWORD = "pg-%42'\"geheim";
    private static final Duration READY_MAX = Duration.ofSeconds(60);
    private static final String RUN = "fairlead-pg-run-";
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static @Nullable PostgresqlServer shared;

    private final PostgresqlPrograms programs;
    private final Path folder;
    private final int port;
    private final List<String> settings;
    private @Nullable Background process;

    private PostgresqlServer(PostgresqlPrograms programs, Path folder, List<String> settings) {
        this.programs = programs;
        this.folder = folder;
        this.port = Checkout.freePort();
        this.settings = settings;
    }

    /** The one that all tests of this JVM share, started at the first call and ended with the JVM. It waits for no disk. */
    public static synchronized PostgresqlServer shared() {
        PostgresqlServer running = shared;
        if (running == null) {
            running = begin("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off");
            Runtime.getRuntime().addShutdownHook(new Thread(running::close));
            shared = running;
        }
        return running;
    }

    /** One of its own, whose commits are on disk. */
    public static PostgresqlServer durable() {
        return begin();
    }

    private static PostgresqlServer begin(String... settings) {
        try {
            removeLeftovers();
            Path folder = PostgresqlPrograms.temporary()
                    .resolve(RUN + ProcessHandle.current().pid() + "-" + NUMBERS.incrementAndGet());
            PostgresqlServer server = new PostgresqlServer(
                    PostgresqlPrograms.unpacked(), PostgresqlPrograms.own(folder), List.of(settings));
            server.initialise();
            server.start();
            server.sql("create role " + USER + " login password '" + PASSWORD.replace("'", "''") + "'");
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A JVM that was killed could not end its server. */
    private static void removeLeftovers() throws IOException {
        try (Stream<Path> files = Files.list(PostgresqlPrograms.temporary())) {
            for (Path left : files.filter(file -> file.getFileName().toString().startsWith(RUN))
                    .toList()) {
                String[] parts =
                        left.getFileName().toString().substring(RUN.length()).split("-", -1);
                if (ProcessHandle.of(Long.parseLong(parts[0])).isPresent() || !Files.isReadable(left)) {
                    continue;
                }
                Path pidFile = left.resolve("data/postmaster.pid");
                if (Files.exists(pidFile)) {
                    killIfOurs(Long.parseLong(Files.readAllLines(pidFile).getFirst()), left);
                }
                Command.of("rm", "-rf", left.toString()).ask();
            }
        }
    }

    private static void killIfOurs(long pid, Path folder) throws IOException {
        Path line = Path.of("/proc/" + pid + "/cmdline");
        if (Files.exists(line) && Files.readString(line).contains(folder.toString())) {
            Command.of("kill", "-QUIT", Long.toString(pid)).run();
        }
    }

    private void initialise() throws IOException {
        programs.program(
                        "initdb",
                        "--pgdata=" + data(),
                        "--username=" + ADMINISTRATOR,
                        "--encoding=UTF8",
                        "--locale=C",
                        "--auth=trust",
                        "--no-sync")
                .ask();
        Path access = folder.resolve("pg_hba.conf");
        Files.writeString(
                access, "host all " + ADMINISTRATOR + " 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n");
        // Over the file that initdb wrote, whose owner stays.
        Files.writeString(data().resolve("pg_hba.conf"), Files.readString(access));
        Path password = Files.writeString(folder.resolve("password"), PASSWORD + "\n");
        password.toFile().setReadable(true, true);
    }

    private Path data() {
        return folder.resolve("data");
    }

    /** Starts it, again on the same port, and waits until it serves. */
    public void start() {
        process = programs.program(
                        "postgres",
                        "-D",
                        data().toString(),
                        "-p",
                        Integer.toString(port),
                        "-c",
                        "listen_addresses=127.0.0.1",
                        "-c",
                        "unix_socket_directories=",
                        "-c",
                        "max_connections=200",
                        "-c",
                        "shared_buffers=32MB")
                .plus(settings)
                .start(folder.resolve("log"));
        long end = System.nanoTime() + READY_MAX.toNanos();
        while (!serves()) {
            if (System.nanoTime() > end || !process().alive()) {
                throw new AssertionError(
                        "PostgreSQL does not serve: " + process().logEnd());
            }
            pause();
        }
    }

    private boolean serves() {
        try (SimpleQuery query = new SimpleQuery(port, ADMINISTRATOR)) {
            return !query.ask("select 1").isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends it in peace: what runs is cut off, everything is written. */
    public void stop() {
        Command.of("kill", "-INT", Long.toString(process().pid())).run();
        if (!process().awaitEnd(READY_MAX)) {
            throw new AssertionError("PostgreSQL did not stop: " + process().logEnd());
        }
    }

    /** Ends it as a crash would. The next start refuses as long as one of its processes lives. */
    public void kill() {
        List<ProcessHandle> all = ProcessHandle.of(process().pid()).stream()
                .flatMap(ProcessHandle::descendants)
                .toList();
        process().kill();
        long end = System.nanoTime() + READY_MAX.toNanos();
        while (all.stream().anyMatch(ProcessHandle::isAlive)) {
            if (System.nanoTime() > end) {
                throw new AssertionError("PostgreSQL's processes outlive their parent: " + all);
            }
            pause();
        }
    }

    private Background process() {
        if (process == null) {
            throw new IllegalStateException("PostgreSQL was not started");
        }
        return process;
    }

    public String host() {
        return "127.0.0.1";
    }

    public int port() {
        return port;
    }

    public Path passwordFile() {
        return folder.resolve("password");
    }

    /** The password itself, for tests that look for it where it must not be. */
    public String password() {
        return PASSWORD;
    }

    /** Makes an empty database that {@link #USER} owns, and gives its name. */
    public String freshDatabase() {
        String name = "test_" + ProcessHandle.current().pid() + "_" + NUMBERS.incrementAndGet();
        sql("create database " + name + " owner " + USER);
        return name;
    }

    /** Runs one statement as the administrator; the first column of each row. */
    public List<String> sql(String statement) {
        return sql(ADMINISTRATOR, statement);
    }

    public List<String> sql(String database, String statement) {
        try (SimpleQuery query = new SimpleQuery(port, database)) {
            return query.ask(statement);
        } catch (IOException e) {
            throw new AssertionError(statement, e);
        }
    }

    @Override
    public void close() {
        if (process != null && process.alive()) {
            Command.of("kill", "-INT", Long.toString(process.pid())).run();
            if (!process.awaitEnd(Duration.ofSeconds(10))) {
                process.kill();
            }
        }
        Command.of("rm", "-rf", folder.toString()).run();
    }

    private static void pause() {
        try {
            Thread.sleep(10);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while PostgreSQL starts", e);
        }
    }
}
