package io.fairlead.wire.http;

import io.fairlead.testing.RawSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that does on its first connection what the first script says, on its second the second, and so on. */
final class ScriptedServer implements AutoCloseable {
    interface Script {
        void run(RawSocket connection) throws Exception;
    }

    final AtomicInteger accepted = new AtomicInteger();
    private final ServerSocket socket;
    private final Deque<Script> scripts;
    private final List<RawSocket> open = new CopyOnWriteArrayList<>();

    ScriptedServer(Script... scripts) throws IOException {
        this.scripts = new ArrayDeque<>(List.of(scripts));
        socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    Origin origin() {
        return Origin.plain("127.0.0.1", socket.getLocalPort());
    }

    private void accept() {
        try {
            while (true) {
                RawSocket connection = RawSocket.accepted(socket.accept());
                open.add(connection);
                accepted.incrementAndGet();
                Script script = scripts.isEmpty() ? RawSocket::close : scripts.remove();
                Thread.ofVirtual().start(() -> run(script, connection));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private static void run(Script script, RawSocket connection) {
        try {
            script.run(connection);
        } catch (Exception e) {
            // The client went away: what it saw is what is tested.
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (RawSocket connection : open) {
            connection.close();
        }
    }
}
