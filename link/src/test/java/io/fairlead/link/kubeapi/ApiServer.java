package io.fairlead.link.kubeapi;

import io.fairlead.testing.RawSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** A stand-in API server on blocking sockets. The first word of the path says how it behaves. */
final class ApiServer implements AutoCloseable {
    static final int PIECE_BYTES = 64 * 1024;
    static final String REFUSED = """
            {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"pods is forbidden: User \\"gitlab:user:dana\\" cannot list resource \\"pods\\" in API group \\"\\" in the namespace \\"default\\"","reason":"Forbidden","details":{"kind":"pods"},"code":403}""";

    final List<String> heads = new CopyOnWriteArrayList<>();
    final AtomicInteger open = new AtomicInteger();
    /** A released permit sends one more watch event. */
    final Semaphore events = new Semaphore(0);
    /** A released permit lets one more slow upload be read. */
    final Semaphore reads = new Semaphore(0);

    /** What it does with one connection. */
    @FunctionalInterface
    interface Conversation {
        void hold(RawSocket connection) throws IOException, InterruptedException;
    }

    private final ServerSocket socket = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    private final List<RawSocket> connections = new CopyOnWriteArrayList<>();
    private final Conversation conversation;

    ApiServer() throws IOException {
        conversation = this::answers;
        Thread.ofVirtual().start(this::accept);
    }

    /** One that behaves in another way. */
    ApiServer(Conversation conversation) throws IOException {
        this.conversation = conversation;
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return socket.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket next = socket.accept();
                RawSocket connection = RawSocket.accepted(next);
                connections.add(connection);
                open.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(connection));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(RawSocket connection) {
        try (connection) {
            conversation.hold(connection);
        } catch (IOException | InterruptedException e) {
            // agentk closed it, or let it idle.
        } finally {
            connections.remove(connection);
            open.decrementAndGet();
        }
    }

    private void answers(RawSocket connection) throws IOException, InterruptedException {
        while (answer(connection, connection.readHead())) {
            // One request after the other.
        }
    }

    private boolean answer(RawSocket connection, String head) throws IOException, InterruptedException {
        heads.add(head);
        String path = head.split(" ", 3)[1];
        String[] words = path.substring(1).split("[/?]");
        switch (words[0]) {
            case "bytes" -> pour(connection, Integer.parseInt(words[1]));
            case "hash" -> hash(connection, head);
            case "watch" -> watch(connection);
            case "stay" -> connection.ends();
            case "die" -> {
                connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
                events.acquire();
                connection.reset();
                return false;
            }
            case "slow" -> {
                reads.acquire();
                hash(connection, head);
            }
            case "exec" -> {
                upgrade(connection);
                return false;
            }
            case "hostile" ->
                connection.send("HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nAccess-Control-Allow-Origin: *\r\n"
                        + "Access-Control-Expose-Headers: X-Kept\r\n"
                        + "NEL: x\r\nConnection: X-Hop\r\nX-Hop: 1\r\nX-Kept: 1\r\nContent-Length: 2\r\n\r\nok");
            case "refuse" -> refuse(connection, words[1], head.startsWith("HEAD"));
            case "redirect" ->
                connection.send("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n");
            default ->
                connection.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
        }
        return true;
    }

    /** A 403 of some kind; {@code json} is what an API server says to kubectl. */
    private static void refuse(RawSocket connection, String kind, boolean headOnly) throws IOException {
        String body = kind.equals("large") ? REFUSED + " ".repeat(20_000) : REFUSED;
        String type = switch (kind) {
            case "yaml" -> "application/yaml";
            case "protobuf" -> "application/vnd.kubernetes.protobuf";
            default -> "application/json";
        };
        String fields = "HTTP/1.1 403 Forbidden\r\nContent-Type: " + type + "\r\n"
                + (kind.equals("gzip") ? "Content-Encoding: gzip\r\n" : "");
        if (kind.equals("chunked")) {
            connection.send(fields + "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(body.length()) + "\r\n"
                    + body + "\r\n0\r\n\r\n");
        } else if (kind.equals("halves")) {
            connection.send(fields + "Content-Length: " + body.length() + "\r\n\r\n" + body.substring(0, 9));
            connection.send(body.substring(9));
        } else {
            connection.send(fields + "Content-Length: " + body.length() + "\r\n\r\n" + (headOnly ? "" : body));
        }
    }

    /** {@code size} bytes; the one at position i is i modulo 251. */
    private static void pour(RawSocket connection, int size) throws IOException {
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
        byte[] pattern = Pattern.bytes(PIECE_BYTES + 251);
        for (int at = 0; at < size; at += PIECE_BYTES) {
            int from = at % 251;
            connection.send(java.util.Arrays.copyOfRange(pattern, from, from + Math.min(PIECE_BYTES, size - at)));
        }
    }

    private static void hash(RawSocket connection, String head) throws IOException {
        Pattern.Check check = new Pattern.Check();
        if (head.toLowerCase(java.util.Locale.ROOT).contains("transfer-encoding: chunked")) {
            for (byte[] piece = connection.readChunk(); piece.length > 0; piece = connection.readChunk()) {
                check.add(piece);
            }
        } else {
            int left = Integer.parseInt("0" + new RawSocket.Answer(head, "").field("content-length"));
            while (left > 0) {
                byte[] some = connection.readSome(Math.min(left, PIECE_BYTES));
                if (some.length == 0) {
                    throw new IOException("the upload broke off");
                }
                check.add(some);
                left -= some.length;
            }
        }
        String body = check.result();
        connection.send("HTTP/1.1 201 Created\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    /** What an upgraded connection begins with. */
    volatile String greeting = "ready;";

    private void watch(RawSocket connection) throws IOException, InterruptedException {
        connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 3; i++) {
            events.acquire();
            connection.send("7\r\nevent " + i + "\r\n");
        }
        connection.send("0\r\n\r\n");
    }

    private void upgrade(RawSocket connection) throws IOException {
        connection.send(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n" + greeting);
        for (byte[] some = connection.readSome(PIECE_BYTES); some.length > 0; some = connection.readSome(PIECE_BYTES)) {
            connection.send(some);
        }
        connection.send(";bye");
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (RawSocket connection : connections) {
            connection.close();
        }
    }
}
