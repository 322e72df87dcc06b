package io.fairlead.it.story;

import io.fairlead.testing.process.Background;
import io.fairlead.testing.process.Checkout;
import io.fairlead.testing.process.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Flux's own source-controller and kustomize-controller, as programs of this machine beside the cluster. What flux installs
 * for them, their resource definitions and Deployments without pods, is in a folder for {@code flux bootstrap --manifests}.
 */
final class FluxControllers implements AutoCloseable {
    private static final List<String> CONTROLLERS = List.of("source-controller", "kustomize-controller");
    private static final List<String> NEEDED_AS_V1 = List.of("buckets", "ocirepositories");

    private final Kubectl admin;
    private final Path folder;
    private final Path kubeconfig;
    private final Background[] running = new Background[CONTROLLERS.size()];

    private FluxControllers(Path folder, Path kubeconfig) {
        this.folder = folder;
        this.kubeconfig = kubeconfig;
        this.admin = new Kubectl("kubectl", kubeconfig);
    }

    static FluxControllers start(Path folder, Path kubeconfig) {
        FluxControllers controllers = new FluxControllers(ForgeScenery.create(folder), kubeconfig);
        try {
            controllers.writeManifests();
            controllers.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return controllers;
    }

    /** For {@code flux bootstrap --manifests}. */
    Path manifests() {
        return folder.resolve("manifests");
    }

    private void writeManifests() throws IOException {
        Path manifests = ForgeScenery.create(manifests());
        StringBuilder resources = new StringBuilder();
        for (String controller : CONTROLLERS) {
            Path definitions = Path.of(Command.of(
                                    Checkout.here()
                                            .root()
                                            .resolve("testbed/tools")
                                            .toString(),
                                    "--sources",
                                    "flux-" + controller)
                            .ask())
                    .resolve("config/crd/bases");
            try (Stream<Path> files = Files.list(definitions)) {
                for (Path file : files.sorted().toList()) {
                    String name = file.getFileName().toString();
                    ForgeScenery.write(manifests.resolve(name), withV1(name, Files.readString(file)));
                    resources.append("- ").append(name).append('\n');
                }
            }
            ForgeScenery.write(manifests.resolve(controller + ".yaml"), """
                    apiVersion: apps/v1
                    kind: Deployment
                    metadata:
                      name: %1$s
                      namespace: flux-system
                    spec:
                      replicas: 0
                      selector: {matchLabels: {app: %1$s}}
                      template:
                        metadata: {labels: {app: %1$s}}
                        spec: {containers: [{name: manager, image: none}]}
                    """.formatted(controller));
            resources.append("- ").append(controller).append(".yaml\n");
        }
        ForgeScenery.write(manifests.resolve("namespace.yaml"), """
                apiVersion: v1
                kind: Namespace
                metadata:
                  name: flux-system
                """);
        ForgeScenery.write(manifests.resolve("kustomization.yaml"), """
                apiVersion: kustomize.config.k8s.io/v1beta1
                kind: Kustomization
                labels:
                - pairs: {app.kubernetes.io/part-of: flux, app.kubernetes.io/instance: flux-system, app.kubernetes.io/version: v2.9.5}
                resources:
                - namespace.yaml
                """ + resources);
    }

    /** The newer kustomize-controller reads as v1 what the older source-controller keeps as v1beta2: the same, renamed. */
    private static String withV1(String name, String definition) {
        if (NEEDED_AS_V1.stream().noneMatch(name::contains) || definition.contains("    name: v1\n")) {
            return definition;
        }
        int versions = definition.indexOf("  versions:\n") + "  versions:\n".length();
        int last = definition.lastIndexOf("\n  - ", definition.lastIndexOf("    name: v1beta2\n")) + 1;
        String kept = definition.substring(Math.max(last, versions));
        String served = kept.replace("    name: v1beta2\n", "    name: v1\n")
                .replace("    storage: true", "    storage: false");
        return definition + served;
    }

    private void start() {
        admin.run("create", "namespace", "flux-system");
        for (String file : List.of("source.toolkit", "kustomize.toolkit")) {
            try (Stream<Path> files = Files.list(manifests())) {
                for (Path definition : files.filter(
                                path -> path.getFileName().toString().startsWith(file))
                        .toList()) {
                    admin.ask("apply", "--server-side", "--force-conflicts", "-f", definition.toString());
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        int storage = Checkout.freePort();
        String artifacts = "127.0.0.1:" + storage;
        for (int i = 0; i < CONTROLLERS.size(); i++) {
            String controller = CONTROLLERS.get(i);
            Command command = Command.of(Checkout.here().tool("flux-" + controller))
                    .env("KUBECONFIG", kubeconfig.toString())
                    .env("RUNTIME_NAMESPACE", "flux-system")
                    .plus("--metrics-addr=127.0.0.1:0", "--health-addr=127.0.0.1:" + Checkout.freePort())
                    .plus("--events-addr=", "--enable-leader-election=false");
            if (controller.equals("source-controller")) {
                command = command.plus("--storage-path=" + ForgeScenery.create(folder.resolve("artifacts")))
                        .plus("--storage-addr=" + artifacts, "--storage-adv-addr=" + artifacts);
            }
            running[i] = command.start(folder.resolve(controller + ".log"));
        }
    }

    /** Takes away what bootstrap and the controllers put into the cluster; what was applied for the story goes with it. */
    @Override
    public void close() {
        admin.run(
                "patch",
                "kustomization",
                "flux-system",
                "-n",
                "flux-system",
                "--type=merge",
                "-p",
                "{\"spec\":{\"prune\":false}}");
        admin.run(
                "delete", "kustomization,gitrepository,helmrepository", "--all", "-n", "flux-system", "--timeout=30s");
        for (Background controller : running) {
            if (controller != null) {
                controller.close();
            }
        }
        admin.run("delete", "namespace", "flux-system", "--wait=false");
        admin.run("delete", "crd", "-l", "app.kubernetes.io/part-of=flux", "--wait=false");
    }
}
