package io.fairlead.forge.git;

import io.fairlead.base.time.Deadline;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** What one import may do on the network: where it may connect to, for how long, and how much it may be sent. */
final class RemoteGuard implements AutoCloseable {
    private final Predicate<InetAddress> allowed;
    private final long bytesMax;
    private final AtomicLong bytesLeft;
    private final Deadline deadline;
    private final BooleanSupplier stopped;
    private final List<Socket> sockets = new ArrayList<>();

    RemoteGuard(Predicate<InetAddress> allowed, long bytesMax, Deadline deadline, BooleanSupplier stopped) {
        this.allowed = allowed;
        this.bytesMax = bytesMax;
        this.bytesLeft = new AtomicLong(bytesMax);
        this.deadline = deadline;
        this.stopped = stopped;
    }

    /**
     * Looks a name up once: who connects must use this answer, for another look could lead elsewhere. All that the name leads
     * to must be allowed.
     */
    InetAddress address(String host) throws IOException {
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        InetAddress[] found = InetAddress.getAllByName(bare);
        for (InetAddress address : found) {
            if (!allowed.test(address)) {
                throw new ImportFailure("the address is not allowed: it is not a public one");
            }
        }
        return found[0];
    }

    /** Has the socket closed when the import ends. */
    void opened(Socket socket) {
        sockets.add(socket);
    }

    /** Call after each piece that was read. */
    void received(int count) throws ImportFailure {
        if (stopped.getAsBoolean()) {
            throw new ImportFailure("the server was stopped meanwhile; import it again");
        }
        if (bytesLeft.addAndGet(-count) < 0) {
            throw new ImportFailure("the repository is larger than " + (bytesMax >> 20) + " MiB");
        }
        if (deadline.passed()) {
            throw new ImportFailure("it took too long");
        }
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
