package io.fairlead.bench;

import io.fairlead.testing.process.Background;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** The figures against the stand-in: latency, rate, throughput, and one beside the other. */
final class StandInFigures {
    static final String SMALL = "/api/1k";
    static final String LARGE = "/api/10m";
    static final String BULK = "/api/256m";

    private final Scene scene;
    private final Scale scale;
    private final Report report;
    private final Predicate<String> wanted;

    StandInFigures(Scene scene, Scale scale, Report report, Predicate<String> wanted) {
        this.scene = scene;
        this.scale = scale;
        this.report = report;
        this.wanted = wanted;
    }

    void measure() {
        warmUp();
        get("get-1k-c1-p50", "ms", SMALL, 1, result -> result.p50() / 1000, false);
        get("get-1k-c32-rps", "1/s", SMALL, 32, Load.Result::perSecond, false);
        get("get-10m-c1-mbps", "MB/s", LARGE, 1, Load.Result::megabytesPerSecond, false);
        get("get-10m-c4-mbps", "MB/s", LARGE, 4, Load.Result::megabytesPerSecond, false);
        beside();
    }

    /** The same over the other transport, shorter and for people only. */
    void note(String suffix) {
        warmUp();
        get("get-1k-c1-p50" + suffix, "ms", SMALL, 1, result -> result.p50() / 1000, true);
        get("get-1k-c32-rps" + suffix, "1/s", SMALL, 32, Load.Result::perSecond, true);
        get("get-10m-c1-mbps" + suffix, "MB/s", LARGE, 1, Load.Result::megabytesPerSecond, true);
    }

    private void warmUp() {
        scene.ours().run(SMALL, 32, scale.warmUpSeconds());
        // Few large requests come through in the time of many small ones, and the compiler counts requests.
        scene.ours().run(LARGE, 2, scale.warmUpSeconds() / 4);
        scene.direct().run(SMALL, 8, 1);
    }

    private void get(
            String name,
            String unit,
            String path,
            int connections,
            ToDoubleFunction<Load.Result> figure,
            boolean onlyNoted) {
        if (!wanted.test(name)) {
            return;
        }
        List<Double> cpuPerRequest = new ArrayList<>();
        List<Double> cpuPerByte = new ArrayList<>();
        List<Double> p99 = new ArrayList<>();
        Runs runs = Runs.alternate(
                onlyNoted ? Math.max(1, scale.runs() / 2) : scale.runs(),
                () -> figure.applyAsDouble(scene.direct().run(path, connections, scale.seconds())),
                () -> {
                    double before = scene.cpuSeconds();
                    Load.Result result = scene.ours().run(path, connections, scale.seconds());
                    double cpu = scene.cpuSeconds() - before;
                    cpuPerRequest.add(cpu * 1e3 / result.requests());
                    cpuPerByte.add(cpu * 1e9 / result.bytes());
                    p99.add(result.p99() / 1000);
                    return figure.applyAsDouble(result);
                });
        Figure found = Figure.of(name, unit, runs);
        if (onlyNoted) {
            report.note(found);
            return;
        }
        report.add(found);
        if (path.equals(SMALL)) {
            report.note(Figure.alone(" cpu per request", "ms", cpuPerRequest).named(name));
            report.note(Figure.alone(" p99", "ms", p99).named(name));
        } else {
            report.note(Figure.alone(" cpu per byte", "ns", cpuPerByte).named(name));
        }
    }

    /** How much a download in the background slows a small GET down at its worst percent. */
    private void beside() {
        String name = "get-p99-beside-bulk-over-idle";
        if (wanted.test(name)) {
            report.add(Figure.of(
                    name, "x", Runs.alternate(scale.runs(), () -> beside(scene.direct()), () -> beside(scene.ours()))));
        }
    }

    private double beside(Load load) {
        double idle = load.run(SMALL, 1, scale.seconds()).p99();
        Background bulk =
                load.command(BULK, 1, scale.seconds() + 2).start(scene.folder().resolve("bulk.log"));
        try (bulk) {
            Pause.millis(500);
            return load.run(SMALL, 1, scale.seconds()).p99() / idle;
        }
    }
}
