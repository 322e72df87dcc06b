package io.fairlead.wire.grpc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** An HTTP proxy that answers CONNECT and leads to one place, whatever was asked for. */
final class ConnectProxy implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    private final CompletableFuture<String> request = new CompletableFuture<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final InetSocketAddress target;
    private final String answer;

    ConnectProxy(InetSocketAddress target, String answer) throws IOException {
        this.target = target;
        this.answer = answer;
        Thread.ofVirtual().start(this::accept);
    }

    ProxyRules rules() {
        String url = "http://me:hunter2@127.0.0.1:" + server.getLocalPort();
        return ProxyRules.of(Map.of("HTTP_PROXY", url, "HTTPS_PROXY", url));
    }

    String request() throws Exception {
        return request.get(10, TimeUnit.SECONDS);
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                sockets.add(client);
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(Socket client) {
        try (client) {
            request.complete(ConnectProblemsTest.head(client.getInputStream()));
            client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            try (Socket onward = new Socket(target.getAddress(), target.getPort())) {
                sockets.add(onward);
                Thread.ofVirtual().start(() -> pump(onward, client));
                pump(client, onward);
            }
        } catch (IOException e) {
            // One end is gone, and with it this connection.
        }
    }

    private static void pump(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            // One end is gone, and with it this connection.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
