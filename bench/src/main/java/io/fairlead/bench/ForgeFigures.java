package io.fairlead.bench;

import io.fairlead.testing.process.Checkout;
import io.fairlead.testing.process.Command;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;

/** The figures of the forge: Git compared with Git's own server, and what REST does beside it. */
final class ForgeFigures {
    static final List<String> NAMES =
            List.of("git-clone-100m-s", "git-push-100m-s", "project-get-p99-beside-clone-ms", "server-start-s");

    private static final int FILES = 2_000;
    private static final int FILE_BYTES = 50 * 1024;
    private static final int FILES_PER_COMMIT = 20;
    private static final int REQUESTS_PER_SECOND = 50;
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration GIT_MAX = Duration.ofMinutes(2);

    private final Scale scale;
    private final Report report;
    private final Predicate<String> wanted;
    private final Path folder;
    private final Path git;

    ForgeFigures(Scale scale, Report report, Predicate<String> wanted, Path folder) {
        this.scale = scale;
        this.report = report;
        this.wanted = wanted;
        this.folder = folder;
        this.git = folder.resolve("git");
    }

    void measure(Checkout checkout) {
        Path source = repository();
        try (GitSite site = GitSite.start(directory(folder.resolve("site")));
                ForgeServer forge = new ForgeServer(checkout, folder.resolve("forge"))) {
            starts(forge);
            Path credentials = credentials(forge);
            push(source, site, forge, credentials);
            cloning(site, forge, credentials);
            beside(site, forge, credentials);
        }
    }

    private void starts(ForgeServer forge) {
        if (wanted.test("server-start-s")) {
            report.note(Figure.alone("server-start-s: first, empty folder", "s", List.of(forge.startSeconds())));
            List<Double> seconds = new ArrayList<>();
            for (int i = 0; i < scale.runs(); i++) {
                forge.restart();
                seconds.add(forge.startSeconds());
            }
            report.add(Figure.alone("server-start-s", "s", seconds));
        }
    }

    private void push(Path source, GitSite site, ForgeServer forge, Path credentials) {
        int[] number = new int[2];
        List<Double> directCpu = new ArrayList<>();
        List<Double> ourCpu = new ArrayList<>();
        // The first of each is what the clones read; a warm-up for both.
        Runs runs = Runs.alternate(
                wanted.test("git-push-100m-s") ? scale.runs() + 1 : 1,
                () -> timed(directCpu, push(source, site.create("r" + number[0]++), Path.of("/dev/null"))),
                () -> {
                    String name = "r" + number[1]++;
                    forge.create(name);
                    return timed(ourCpu, push(source, remote(forge, name), credentials));
                });
        if (wanted.test("git-push-100m-s")) {
            report.add(Figure.of("git-push-100m-s", "s", warm(runs)));
            report.note(Figure.of("git-push-100m-s: cpu", "s", warm(new Runs(directCpu, ourCpu))));
        }
    }

    private void cloning(GitSite site, ForgeServer forge, Path credentials) {
        if (!wanted.test("git-clone-100m-s")) {
            return;
        }
        List<Double> directCpu = new ArrayList<>();
        List<Double> ourCpu = new ArrayList<>();
        Runs runs = Runs.alternate(
                scale.runs() + 1,
                () -> timed(directCpu, clone(site.url("r0"), Path.of("/dev/null"))),
                () -> timed(ourCpu, clone(remote(forge, "r0"), credentials)));
        report.add(Figure.of("git-clone-100m-s", "s", warm(runs)));
        report.note(Figure.of("git-clone-100m-s: cpu", "s", warm(new Runs(directCpu, ourCpu))));
    }

    /**
     * At a steady pace, whatever an answer takes, for as long as three clones one after another do; beside Git's own server it is
     * nginx that answers, with a constant.
     */
    private void beside(GitSite site, ForgeServer forge, Path credentials) {
        String name = "project-get-p99-beside-clone-ms";
        if (!wanted.test(name)) {
            return;
        }
        String project = "/api/v4/projects/" + forge.create("beside");
        DoubleSupplier direct = () -> forge.getElsewhere(site.shortAnswer());
        DoubleSupplier ours = () -> forge.get(project);
        warmUp(direct);
        warmUp(ours);
        report.add(Figure.of(
                name,
                "ms",
                Runs.alternate(
                        scale.runs(),
                        () -> pace(direct, cloning(site.url("r0"), Path.of("/dev/null"))),
                        () -> pace(ours, cloning(remote(forge, "r0"), credentials)))));
    }

    /** One request after another: at the pace of the measurement what is asked would be compiled only after minutes. */
    private static void warmUp(DoubleSupplier get) {
        long until = System.nanoTime() + WARM_UP.toNanos();
        while (System.nanoTime() < until) {
            double _ = get.getAsDouble();
        }
    }

    private CompletableFuture<Void> cloning(String remote, Path credentials) {
        return CompletableFuture.runAsync(() -> {
            for (int clone = 0; clone < 3; clone++) {
                elsewhere(clone(remote, credentials)).ask();
            }
        });
    }

    /**
     * A client whose processors are not the server's: at work only where the server leaves one idle, since who clones does so
     * from another machine and checking 100 MB of objects takes two processors for longer than sending them.
     */
    private static Command elsewhere(Command client) {
        return client.by("nice", "-n", "19");
    }

    private static double pace(DoubleSupplier get, CompletableFuture<Void> until) {
        List<CompletableFuture<Double>> answers = new ArrayList<>();
        while (!until.isDone() || answers.size() < REQUESTS_PER_SECOND) {
            answers.add(CompletableFuture.supplyAsync(
                    get::getAsDouble, task -> Thread.ofVirtual().start(task)));
            Pause.millis(1_000 / REQUESTS_PER_SECOND);
        }
        until.join();
        List<Double> millis =
                new ArrayList<>(answers.stream().map(CompletableFuture::join).toList());
        Collections.sort(millis);
        return millis.get((int) Math.ceil(millis.size() * 0.99) - 1);
    }

    private static Runs warm(Runs runs) {
        return new Runs(
                runs.direct().subList(1, runs.direct().size()),
                runs.ours().subList(1, runs.ours().size()));
    }

    private static double timed(List<Double> cpu, Command command) {
        double busy = Processors.busySeconds();
        long before = System.nanoTime();
        command.ask();
        double seconds = (System.nanoTime() - before) / 1e9;
        cpu.add(Processors.busySeconds() - busy);
        return seconds;
    }

    private Command push(Path source, String remote, Path credentials) {
        return git(credentials, "-C", source.toString(), "push", "-q", remote, "main");
    }

    private Command clone(String remote, Path credentials) {
        try {
            Path target = Files.createTempDirectory(folder, "clone");
            // Without files: what Git writes to the disk is the same for both, and not what is compared.
            return git(
                    credentials,
                    "clone",
                    "-q",
                    "--bare",
                    remote,
                    target.resolve("r").toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Command git(Path credentials, String... arguments) {
        return Command.of("git", "-c", "credential.helper=store --file=" + credentials)
                .plus(arguments)
                .env("HOME", git.toString())
                .env("GIT_TERMINAL_PROMPT", "0")
                .within(GIT_MAX);
    }

    private static String remote(ForgeServer forge, String name) {
        return forge.url() + "/root/" + name + ".git";
    }

    private Path credentials(ForgeServer forge) {
        try {
            Path file = folder.resolve("credentials");
            Files.deleteIfExists(file);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            return Files.writeString(file, forge.url().replace("://", "://root:" + forge.token() + "@") + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** 100 commits with 100 MB of files that do not compress. */
    private Path repository() {
        Path repository = directory(folder.resolve("source"));
        Command.of("git", "init", "-q", "--bare", "-b", "main", repository.toString())
                .ask();
        Path history = folder.resolve("history");
        write(history);
        Command.of("sh", "-c", "git -C \"$0\" fast-import --quiet < \"$1\"")
                .plus(repository.toString(), history.toString())
                .within(GIT_MAX)
                .ask();
        return repository;
    }

    private static void write(Path history) {
        Random random = new Random(1);
        byte[] content = new byte[FILE_BYTES];
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(history))) {
            for (int commit = 0; commit < FILES / FILES_PER_COMMIT; commit++) {
                String message = "Commit " + commit;
                say(
                        out,
                        "commit refs/heads/main\ncommitter Bench <bench@example.com> " + (1_700_000_000 + commit)
                                + " +0000\ndata " + message.length() + "\n" + message + "\n");
                for (int file = 0; file < FILES_PER_COMMIT; file++) {
                    random.nextBytes(content);
                    say(out, "M 100644 inline d" + commit + "/f" + file + "\ndata " + FILE_BYTES + "\n");
                    out.write(content);
                    say(out, "\n");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void say(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Path directory(Path path) {
        try {
            return Files.createDirectories(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
