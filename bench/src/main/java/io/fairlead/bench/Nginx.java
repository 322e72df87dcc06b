package io.fairlead.bench;

import io.fairlead.testing.process.Background;
import io.fairlead.testing.process.Command;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;

/** nginx with one site, as a process of this bench. */
final class Nginx implements AutoCloseable {
    private static final int ATTEMPTS_MAX = 500;

    private final Background process;

    private Nginx(Background process) {
        this.process = process;
    }

    /**
     * Starts it and waits until it listens.
     *
     * @param folder for its configuration, log and temporary files
     * @param http what stands in {@code http { … }} beside the usual, one server among it
     */
    static Nginx start(Path folder, int port, String http) throws IOException {
        Files.writeString(folder.resolve("nginx.conf"), """
                daemon off;
                user root;
                worker_processes 1;
                pid %1$s/nginx.pid;
                events { worker_connections 1024; }
                http {
                    access_log off;
                    sendfile on;
                    tcp_nodelay on;
                    keepalive_requests 1000000000;
                    keepalive_timeout 1h;
                    client_body_temp_path %1$s/body; proxy_temp_path %1$s/proxy; fastcgi_temp_path %1$s/fastcgi;
                    uwsgi_temp_path %1$s/uwsgi; scgi_temp_path %1$s/scgi;
                    %2$s
                }
                """.formatted(folder, http));
        Background started = Command.of("nginx", "-p", folder.toString(), "-c", "nginx.conf", "-e", "stderr")
                .start(folder.resolve("nginx.log"));
        awaitPort(port, started);
        return new Nginx(started);
    }

    private static void awaitPort(int port, Background nginx) {
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                if (socket.isConnected()) {
                    return;
                }
            } catch (IOException e) {
                if (!nginx.alive()) {
                    throw new IllegalStateException("nginx did not start:\n" + nginx.logEnd(), e);
                }
            }
            Pause.millis(10);
        }
        throw new IllegalStateException("nginx does not listen on port " + port + ":\n" + nginx.logEnd());
    }

    @Override
    public void close() {
        process.close();
    }
}
