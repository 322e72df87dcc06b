package io.fairlead.testing.line;

import io.fairlead.base.ready.ReadyFile;
import io.fairlead.testing.process.Background;
import io.fairlead.testing.process.Checkout;
import io.fairlead.testing.process.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code fairlead agentk} as a process of this machine, with a kubeconfig in place of a service account; from its image it
 * may have a service account as in a pod.
 */
public final class LineAgent implements AutoCloseable {
    private static final Duration READY = Duration.ofSeconds(60);
    private static final String FOLDER_IN_IMAGE = "tmp/line";
    private static final String ACCOUNT_IN_IMAGE = "var/run/secrets/kubernetes.io/serviceaccount";
    private static final String ENTER =
            "mount --rbind /proc \"$1/proc\" && mount --rbind /dev \"$1/dev\" && root=$1 && shift"
                    + " && exec chroot --userspec=65532:65532 \"$root\" /opt/java/bin/java @/app/java.args \"$@\"";

    private final Checkout checkout;
    private final String kasAddress;
    private final Path token;
    private final Path ca;
    private final Path kubeconfig;
    private final Path ready;
    private final Path log;
    private Optional<Path> image = Optional.empty();
    private Optional<ServiceAccount> account = Optional.empty();
    private @Nullable Background process;

    public LineAgent(Checkout checkout, String kasAddress, Path token, Path ca, Path kubeconfig, Path folder) {
        this(checkout, kasAddress, token, ca, kubeconfig, folder, folder.resolve("agentk.log"));
    }

    private LineAgent(
            Checkout checkout, String kasAddress, Path token, Path ca, Path kubeconfig, Path folder, Path log) {
        this.checkout = checkout;
        this.kasAddress = kasAddress;
        this.token = token;
        this.ca = ca;
        this.kubeconfig = kubeconfig;
        this.ready = folder.resolve("agentk-ready.json");
        this.log = log;
    }

    /** The same agent started from its image, whose unpacked files are below {@code root} and may be written to. */
    LineAgent inImage(Path root) {
        LineAgent inside =
                new LineAgent(checkout, kasAddress, token, ca, kubeconfig, root.resolve(FOLDER_IN_IMAGE), log);
        inside.image = Optional.of(root);
        return inside;
    }

    /** Has it find the API server as in a pod; only from its image. */
    LineAgent withServiceAccount(ServiceAccount given) {
        account = Optional.of(given);
        return this;
    }

    /** Starts it without waiting for anything. */
    public Background launch() {
        try {
            Files.deleteIfExists(ready);
            Background started = (image.isPresent() ? commandInImage(image.get()) : commandOfMachine()).start(log);
            process = started;
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Command commandOfMachine() {
        return checkout.fairlead("agentk").plus(options(token, ca, ready)).plus("--kubeconfig=" + kubeconfig);
    }

    /** In a root, with the user, the flags and the runtime that it has in a pod; nothing else of a pod is needed. */
    private Command commandInImage(Path root) throws IOException {
        Path inside = Files.createDirectories(root.resolve(FOLDER_IN_IMAGE));
        Files.createDirectories(root.resolve("proc"));
        Files.createDirectories(root.resolve("dev"));
        Files.copy(token, inside.resolve("token"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(ca, inside.resolve("ca.crt"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(kubeconfig, inside.resolve("kubeconfig"), StandardCopyOption.REPLACE_EXISTING);
        Command.of("chown", "-R", "65532:65532", inside.toString()).ask();
        Path seen = Path.of("/" + FOLDER_IN_IMAGE);
        Command entered = Command.of("unshare", "--mount", "sh", "-c", ENTER, "sh", root.toString())
                .env("MALLOC_ARENA_MAX", "1")
                .env("KUBECONFIG", "");
        if (account.isPresent()) {
            ServiceAccount pod = account.get();
            mount(pod, Files.createDirectories(root.resolve(ACCOUNT_IN_IMAGE)));
            entered = entered.env("KUBERNETES_SERVICE_HOST", pod.host())
                    .env("KUBERNETES_SERVICE_PORT", String.valueOf(pod.port()));
        } else {
            entered = entered.plus("--kubeconfig=" + seen.resolve("kubeconfig"));
        }
        return entered.plus(options(seen.resolve("token"), seen.resolve("ca.crt"), seen.resolve(ready.getFileName())));
    }

    private static void mount(ServiceAccount account, Path folder) throws IOException {
        Files.copy(account.authority(), folder.resolve("ca.crt"), StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(folder.resolve("token"), account.token());
        Files.writeString(folder.resolve("namespace"), "default");
        // The kubelet gives them to the pod's user, whoever may read what they were copied from.
        Command.of("chown", "-R", "65532:65532", folder.toString()).ask();
    }

    private List<String> options(Path token, Path ca, Path ready) {
        return List.of(
                "--kas-address=" + kasAddress,
                "--token-file=" + token,
                "--ca-cert-file=" + ca,
                "--observability-listen-address=127.0.0.1:0",
                "--ready-file=" + ready);
    }

    /**
     * Starts it and waits until it serves.
     *
     * @return how long that took
     */
    public Duration start() {
        return launch().awaitFile(ready, READY);
    }

    /** The way to kas it was given. */
    public String kasAddress() {
        return kasAddress;
    }

    public Optional<ReadyFile> ready() {
        return ReadyFile.read(ready);
    }

    public Background process() {
        if (process == null) {
            throw new IllegalStateException("the agent was not started");
        }
        return process;
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }
}
