package io.fairlead.bench;

import io.fairlead.testing.line.ServiceAccount;
import io.fairlead.testing.process.Checkout;
import io.fairlead.testing.process.Command;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/**
 * nginx in the API server's place: files of fixed sizes over TLS, so that what is measured is the line and not Kubernetes.
 */
final class StandIn implements AutoCloseable {
    private final Path folder;
    private final int port;
    private final Nginx nginx;

    private StandIn(Path folder, int port, Nginx nginx) {
        this.folder = folder;
        this.port = port;
        this.nginx = nginx;
    }

    /** Starts it with its files, certificate and configuration in {@code folder}. */
    static StandIn start(Path folder) {
        int port = Checkout.freePort();
        try {
            Path files = Files.createDirectories(folder.resolve("files/api"));
            fill(files.resolve("1k"), 1 << 10);
            fill(files.resolve("10m"), 10 << 20);
            fill(files.resolve("256m"), 256 << 20);
            Files.writeString(
                    folder.resolve("files/version"), "{\"major\":\"1\",\"minor\":\"34\",\"gitVersion\":\"v1.34.4\"}");
            certify(folder);
            return new StandIn(folder, port, Nginx.start(folder, port, site(folder, port)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url() {
        return "https://127.0.0.1:" + port;
    }

    /** For agentk: this server, its authority, and a token that nobody checks. */
    Path kubeconfig() {
        try {
            String ca = Base64.getEncoder().encodeToString(Files.readAllBytes(folder.resolve("tls.crt")));
            Path file = folder.resolve("kubeconfig");
            Files.writeString(file, """
                    apiVersion: v1
                    kind: Config
                    clusters:
                    - name: stand-in
                      cluster: {server: "%s", certificate-authority-data: %s}
                    users:
                    - name: bench
                      user: {token: bench}
                    contexts:
                    - name: stand-in
                      context: {cluster: stand-in, user: bench}
                    current-context: stand-in
                    """.formatted(url(), ca));
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For agentk in its image. */
    ServiceAccount serviceAccount() {
        return new ServiceAccount("127.0.0.1", port, certificate(), "bench");
    }

    /** Its certificate, good for any listener on 127.0.0.1; trusting it is trusting the certificate itself. */
    Path certificate() {
        return folder.resolve("tls.crt");
    }

    Path key() {
        return folder.resolve("tls.key");
    }

    @Override
    public void close() {
        nginx.close();
    }

    private static void fill(Path file, int bytes) throws IOException {
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            byte[] block = new byte[1 << 10];
            for (int i = 0; i < block.length; i++) {
                block[i] = (byte) ('a' + i % 26);
            }
            for (int written = 0; written < bytes; written += block.length) {
                out.write(block);
            }
        }
    }

    /** Makes {@code tls.crt} and {@code tls.key} for 127.0.0.1. */
    static void certify(Path folder) {
        Command.of("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
                .plus("-days", "2", "-subj", "/CN=stand-in", "-addext", "subjectAltName=IP:127.0.0.1")
                .plus("-keyout", folder.resolve("tls.key").toString())
                .plus("-out", folder.resolve("tls.crt").toString())
                .ask();
    }

    private static String site(Path folder, int port) {
        return """
                default_type application/json;
                server {
                    listen 127.0.0.1:%2$d ssl;
                    ssl_certificate %1$s/tls.crt;
                    ssl_certificate_key %1$s/tls.key;
                    ssl_protocols TLSv1.2 TLSv1.3;
                    root %1$s/files;
                }
                """.formatted(folder, port);
    }
}
