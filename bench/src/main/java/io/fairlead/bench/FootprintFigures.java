package io.fairlead.bench;

import io.fairlead.testing.line.LineAgent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The figures of the processes themselves: memory at rest, time to be ready, allocations per byte carried. */
final class FootprintFigures {
    private static final int RESTING_MILLIS = 8_000;
    private static final double MEGABYTE = 1 << 20;

    private final Scene scene;
    private final Scale scale;
    private final Report report;
    private final Predicate<String> wanted;

    FootprintFigures(Scene scene, Scale scale, Report report, Predicate<String> wanted) {
        this.scene = scene;
        this.scale = scale;
        this.report = report;
        this.wanted = wanted;
    }

    /** Before any load. From its image the agent is measured as in a pod: without the kubeconfig that no pod has. */
    void measureAtRest(boolean image) {
        if (wanted.test("agentk-ready-ms")) {
            List<Double> millis = new ArrayList<>();
            for (int i = 0; i < scale.runs(); i++) {
                millis.add(agent(image).start().toNanos() / 1e6);
            }
            report.add(Figure.alone("agentk-ready-ms", "ms", millis));
        }
        if (wanted.test("agentk-idle-mb") || wanted.test("server-idle-mb")) {
            agent(image).start();
            Pause.millis(RESTING_MILLIS);
            var agent = scene.line().agent().process().figures();
            var server = scene.line().server().process().figures();
            report.add(Figure.alone("agentk-idle-mb", "MB", List.of(agent.residentBytes() / MEGABYTE)));
            report.note(Figure.alone("agentk-idle-mb: anonymous", "MB", List.of(agent.anonymousBytes() / MEGABYTE)));
            report.add(Figure.alone("server-idle-mb", "MB", List.of(server.residentBytes() / MEGABYTE)));
            report.note(Figure.alone("server-idle-mb: anonymous", "MB", List.of(server.anonymousBytes() / MEGABYTE)));
        }
    }

    private LineAgent agent(boolean image) {
        String kasAddress = scene.line().agent().kasAddress();
        return image
                ? scene.pod(kasAddress)
                : scene.agent(kasAddress, scene.standIn().kubeconfig());
    }

    /** After load, since asking a JVM costs it memory. */
    void measureAllocations() {
        if (!wanted.test("alloc-per-byte")) {
            return;
        }
        // The image's runtime has nothing to be asked with.
        scene.line().useMachine();
        scene.lead(scene.line().agent().kasAddress(), scene.standIn().kubeconfig());
        List<Double> perByte = new ArrayList<>();
        try (Allocations server = Allocations.of(scene.line().server().process().pid());
                Allocations agent =
                        Allocations.of(scene.line().agent().process().pid())) {
            scene.ours().run(StandInFigures.LARGE, 2, scale.warmUpSeconds() / 4);
            for (int i = 0; i < scale.runs(); i++) {
                long before = server.bytes() + agent.bytes();
                double moved = scene.ours()
                        .run(StandInFigures.LARGE, 1, scale.seconds())
                        .bytes();
                perByte.add((server.bytes() + agent.bytes() - before) / moved);
            }
        }
        report.add(Figure.alone("alloc-per-byte", "B/B", perByte));
    }
}
