package io.fairlead.apps.kas;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What stands before several kas: passes each connection on to the first of them that takes it. */
final class Balancer implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private volatile List<InetSocketAddress> targets = List.of();

    Balancer() throws IOException {
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    void to(List<InetSocketAddress> all) {
        targets = List.copyOf(all);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                open.add(client);
                Thread.ofVirtual().start(() -> join(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void join(Socket client) {
        for (InetSocketAddress target : targets) {
            try {
                Socket kas = new Socket(target.getAddress(), target.getPort());
                open.add(kas);
                Thread.ofVirtual().start(() -> copy(kas, client));
                copy(client, kas);
                return;
            } catch (IOException e) {
                // The next one then.
            }
        }
        close(client);
    }

    private static void copy(Socket from, Socket to) {
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            in.transferTo(out);
        } catch (IOException e) {
            // Whoever breaks off breaks both.
        } finally {
            close(from);
            close(to);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        open.forEach(Balancer::close);
    }
}
