package io.fairlead.kube.connection;

import io.fairlead.base.env.Environment;
import io.fairlead.base.error.FairleadException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The connection of a pod: what the kubelet gives every container through environment and files. */
public final class InCluster {
    /** Where the kubelet puts the service account's files. */
    public static final Path SERVICE_ACCOUNT_FILES = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    private InCluster() {}

    /** The connection, or nothing when this process does not run in a pod. */
    public static Optional<KubeConnection> connection(Environment environment, Path serviceAccountFiles) {
        Optional<String> host = environment.value("KUBERNETES_SERVICE_HOST");
        Optional<String> port = environment.value("KUBERNETES_SERVICE_PORT");
        Path token = serviceAccountFiles.resolve("token");
        if (host.isEmpty() || port.isEmpty() || !Files.exists(token)) {
            return Optional.empty();
        }
        String name = host.get().contains(":") ? "[" + host.get() + "]" : host.get();
        return Optional.of(new KubeConnection(
                URI.create("https://" + name + ":" + port.get()),
                text(serviceAccountFiles.resolve("ca.crt")),
                false,
                Optional.empty(),
                new KubeCredentials.TokenFile(token),
                text(serviceAccountFiles.resolve("namespace"))
                        .map(String::strip)
                        .orElse("default")));
    }

    private static Optional<String> text(Path file) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readString(file));
        } catch (IOException e) {
            throw new FairleadException(
                    "kube.service-account-unreadable",
                    "the service account's file " + file + " cannot be read: " + e.getMessage(),
                    e);
        }
    }
}
