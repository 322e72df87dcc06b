package io.fairlead.bench;

import io.fairlead.testing.process.Checkout;
import java.nio.file.Path;

/** What the record of each request costs the line: its rate with records over its rate without, in alternating runs. */
final class AuditFigure {
    static final String NAME = "audit-get-1k-c32-rps";
    private static final int CONNECTIONS = 32;

    private final Scale scale;
    private final Report report;

    AuditFigure(Scale scale, Report report) {
        this.scale = scale;
        this.report = report;
    }

    /** "Direct" is the line without records here. */
    void measure(Checkout checkout, Path folder) {
        try (Scene without = Scene.withoutAudit(checkout, folder.resolve("no-audit"));
                Scene with = Scene.open(checkout, folder.resolve("audit"))) {
            for (Scene scene : new Scene[] {without, with}) {
                scene.lead(
                        scene.line().server().ready().grpcUrl().orElseThrow(),
                        scene.standIn().kubeconfig());
                scene.ours().run(StandInFigures.SMALL, CONNECTIONS, scale.warmUpSeconds());
            }
            report.add(Figure.of(
                    NAME, "1/s", Runs.alternate(scale.runs(), () -> perSecond(without), () -> perSecond(with))));
        }
    }

    private double perSecond(Scene scene) {
        return scene.ours()
                .run(StandInFigures.SMALL, CONNECTIONS, scale.seconds())
                .perSecond();
    }
}
