package io.fairlead.bench;

import io.fairlead.testing.process.Checkout;
import io.fairlead.testing.process.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Measures the line against going direct: {@code ./dev bench}. Server and agent run as they are installed, each its own
 * process with its own flags; every request is authorised as it is in use.
 */
@CommandLine.Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures the line against going direct; writes latest.json and the raw runs.")
public final class Bench implements Runnable {
    /** The names in latest.json, which outlast the ways of measuring them. */
    static final List<String> NAMES = List.of(
            "get-1k-c1-p50",
            "get-1k-c32-rps",
            "get-10m-c1-mbps",
            "get-10m-c4-mbps",
            "real-get-c8-rps",
            "exec-100m-s",
            "get-p99-beside-bulk-over-idle",
            "alloc-per-byte",
            "agentk-idle-mb",
            "server-idle-mb",
            "agentk-ready-ms");

    @Option(names = "--quick", description = "Fewer and shorter runs, without those of Git: at most 6 minutes.")
    private boolean quick;

    @Option(names = "--only", paramLabel = "NAME", description = "This figure alone; repeatable.")
    private List<String> only = List.of();

    @Option(
            names = "--output",
            paramLabel = "FOLDER",
            defaultValue = "build/bench",
            description = "Where results go (default ${DEFAULT-VALUE}).")
    private Path output = Path.of("build/bench");

    @Option(names = "--keep", description = "Keep the folder with logs and files of the processes.")
    private boolean keep;

    private Bench() {}

    /** Exit codes: 0 done, 1 failed, 2 wrong usage. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Bench()).execute(arguments));
    }

    @Override
    public void run() {
        List<String> unknown = new ArrayList<>(only);
        unknown.removeAll(NAMES);
        unknown.removeAll(ForgeFigures.NAMES);
        unknown.remove(RevocationFigure.NAME);
        unknown.remove(AuditFigure.NAME);
        if (!unknown.isEmpty()) {
            throw new CommandLine.ParameterException(
                    new CommandLine(this),
                    "there is no figure \"" + unknown.getFirst() + "\"; there are " + NAMES + ", " + ForgeFigures.NAMES
                            + ", " + AuditFigure.NAME + " and " + RevocationFigure.NAME);
        }
        Checkout checkout = Checkout.here();
        Path results = checkout.root().resolve(output);
        Path folder = temporaryFolder();
        System.out.println("logs in " + folder);
        Scale scale = quick ? Scale.QUICK : Scale.FULL;
        Predicate<String> wanted = name -> only.isEmpty() || only.contains(name);
        Report report = new Report(System.out);
        String started = Instant.now().toString();
        try {
            if (NAMES.stream().anyMatch(wanted)) {
                try (Scene scene = Scene.open(checkout, folder)) {
                    measure(scene, scale, report, wanted);
                }
            }
            if (ForgeFigures.NAMES.stream().anyMatch(wanted) && !(quick && only.isEmpty())) {
                new ForgeFigures(scale, report, wanted, folder).measure(checkout);
            }
            if (wanted.test(AuditFigure.NAME)) {
                new AuditFigure(scale, report).measure(checkout, folder.resolve("records"));
            }
            if (wanted.test(RevocationFigure.NAME)) {
                try (Replicas replicas = Replicas.start(checkout, folder.resolve("replicas"))) {
                    new RevocationFigure(replicas, scale, report).measure();
                }
            }
            report.write(results, started);
        } finally {
            if (!keep) {
                Command.of("rm", "-rf", folder.toString()).run();
            }
        }
    }

    private void measure(Scene scene, Scale scale, Report report, Predicate<String> wanted) {
        var ready = scene.line().server().ready();
        boolean image = scene.line().useImage();
        scene.lead(
                ready.grpcUrl().or(ready::kasUrl).orElseThrow(), scene.standIn().kubeconfig());
        System.out.println("agent connects to " + scene.line().agent().kasAddress()
                + (image ? ", from its image" : ", without an image (./dev images builds one)"));

        FootprintFigures footprint = new FootprintFigures(scene, scale, report, wanted);
        footprint.measureAtRest(image);
        new StandInFigures(scene, scale, report, wanted).measure();
        if (wanted.test("real-get-c8-rps") || wanted.test("exec-100m-s")) {
            cluster()
                    .ifPresentOrElse(
                            admin -> new ClusterFigures(scene, scale, report, wanted, admin).measure(),
                            () -> System.out.println("no cluster: ./dev cluster up, or set KUBECONFIG"));
        }
        if (only.isEmpty()) {
            scene.lead(
                    scene.line().server().ready().kasUrl().orElseThrow(),
                    scene.standIn().kubeconfig());
            new StandInFigures(scene, scale, report, any -> true).note(" (wss)");
        }
        footprint.measureAllocations();
    }

    private static Optional<Path> cluster() {
        String given = System.getenv("KUBECONFIG");
        if (given != null && !given.isEmpty()) {
            return Optional.of(Path.of(given));
        }
        return Checkout.here().cluster("status").run().succeeded()
                ? Optional.of(
                        Path.of(Checkout.here().cluster("kubeconfig").ask().strip()))
                : Optional.empty();
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("fairlead-bench");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
