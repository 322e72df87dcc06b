package io.fairlead.bench;

import io.fairlead.testing.process.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/** The figures against the real API server: requests, and an exec that moves 100 MiB. */
final class ClusterFigures {
    private static final String NAMESPACE = "fairlead-bench";
    private static final String OBJECTS = """
            apiVersion: v1
            kind: Namespace
            metadata: {name: fairlead-bench}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: fairlead-bench}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
            subjects: [{kind: ServiceAccount, name: default, namespace: fairlead-bench}]
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: source, namespace: fairlead-bench}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - {name: source, image: "fairlead.local/busybox:1", command: [sleep, "7200"]}
            """;

    private final Scene scene;
    private final Scale scale;
    private final Report report;
    private final Predicate<String> wanted;
    private final Path admin;

    ClusterFigures(Scene scene, Scale scale, Report report, Predicate<String> wanted, Path admin) {
        this.scene = scene;
        this.scale = scale;
        this.report = report;
        this.wanted = wanted;
        this.admin = admin;
    }

    void measure() {
        Command kubectl = Command.of("kubectl").env("KUBECONFIG", admin.toString());
        kubectl.plus("apply", "-f", "-").input(OBJECTS).ask();
        try {
            scene.lead(scene.line().agent().kasAddress(), admin);
            if (wanted.test("real-get-c8-rps")) {
                realGet(kubectl);
            }
            if (wanted.test("exec-100m-s")) {
                exec(kubectl);
            }
        } finally {
            kubectl.plus("delete", "--wait=false", "--ignore-not-found", "-f", "-")
                    .input(OBJECTS)
                    .ask();
            scene.lead(scene.line().agent().kasAddress(), scene.standIn().kubeconfig());
        }
    }

    private void realGet(Command kubectl) {
        String server = kubectl.plus("config", "view", "--minify", "-o", "jsonpath={.clusters[0].cluster.server}")
                .ask();
        String token =
                kubectl.plus("create", "token", "default", "-n", NAMESPACE).ask();
        Load direct = Load.of(server, Optional.of(token), scene.folder().resolve("real.lua"));
        String path = "/api/v1/namespaces/default";
        scene.ours().run(path, 8, scale.warmUpSeconds() / 8);
        report.add(Figure.of(
                "real-get-c8-rps",
                "1/s",
                Runs.alternate(
                        scale.runs(),
                        () -> direct.run(path, 8, scale.seconds()).perSecond(),
                        () -> scene.ours().run(path, 8, scale.seconds()).perSecond())));
    }

    private void exec(Command kubectl) {
        kubectl.plus("wait", "-n", NAMESPACE, "--for=condition=Ready", "pod/source", "--timeout=60s")
                .ask();
        execSeconds(admin);
        execSeconds(scene.line().kubeconfig());
        report.add(Figure.of(
                "exec-100m-s",
                "s",
                Runs.alternate(
                        scale.runs(),
                        () -> execSeconds(admin),
                        () -> execSeconds(scene.line().kubeconfig()))));
    }

    private static double execSeconds(Path kubeconfig) {
        // The shell counts, so that a copy cut short is no fast one, and this process need not read 100 MiB.
        String counted = "kubectl exec -n " + NAMESPACE + " source -- head -c 104857600 /dev/zero | wc -c";
        long began = System.nanoTime();
        String bytes = Command.of("sh", "-c", counted)
                .env("KUBECONFIG", kubeconfig.toString())
                .within(Duration.ofMinutes(2))
                .ask();
        double seconds = (System.nanoTime() - began) / 1e9;
        if (!bytes.equals("104857600")) {
            throw new IllegalStateException("exec brought " + bytes + " bytes of 104857600");
        }
        return seconds;
    }
}
