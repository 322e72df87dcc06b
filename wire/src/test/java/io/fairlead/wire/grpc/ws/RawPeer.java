package io.fairlead.wire.grpc.ws;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A client that says exactly what it is told to, byte by byte, and reads what comes back. */
final class RawPeer implements AutoCloseable {
    /** RFC 6455's own example. */
    static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
    static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    static final byte[] EMPTY_SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};

    /** A frame of the server. */
    static final class Frame {
        private final int first;
        private final byte[] payload;

        Frame(int first, byte[] payload) {
            this.first = first;
            this.payload = payload;
        }

        int first() {
            return first;
        }

        byte[] payload() {
            return payload;
        }

        int closeCode() {
            return ByteBuffer.wrap(payload).getShort() & 0xffff;
        }

        String closeReason() {
            return new String(payload, 2, payload.length - 2, StandardCharsets.US_ASCII);
        }
    }

    private final Socket socket;

    RawPeer(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(15_000);
        socket.setTcpNoDelay(true);
    }

    static RawPeer connect(InetSocketAddress address) throws IOException {
        return new RawPeer(new Socket(address.getAddress(), address.getPort()));
    }

    static String handshake(String... headers) {
        return "GET /-/kubernetes-agent/ HTTP/1.1\r\nHost: kas\r\n" + String.join("\r\n", headers) + "\r\n\r\n";
    }

    static String goodHandshake() {
        return handshake(
                "Connection: keep-alive, Upgrade",
                "Upgrade: WebSocket",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: " + KEY,
                "Sec-WebSocket-Protocol: other, ws-tunnel");
    }

    /** With a mask that is easily recognised. */
    static byte[] masked(int first, byte[] payload) {
        int key = 0x01020304;
        ByteBuffer frame = header(first, payload.length, true).putInt(key);
        byte[] head = new byte[frame.position()];
        frame.flip().get(head);
        byte[] whole = new byte[head.length + payload.length];
        System.arraycopy(head, 0, whole, 0, head.length);
        for (int i = 0; i < payload.length; i++) {
            whole[head.length + i] = (byte) (payload[i] ^ (key >>> (24 - 8 * (i % 4))));
        }
        return whole;
    }

    static ByteBuffer header(int first, long length, boolean masked) {
        ByteBuffer frame = ByteBuffer.allocate(14).put((byte) first);
        int mask = masked ? 0x80 : 0;
        if (length < 126) {
            frame.put((byte) (mask | length));
        } else if (length < 65536) {
            frame.put((byte) (mask | 126)).putShort((short) length);
        } else {
            frame.put((byte) (mask | 127)).putLong(length);
        }
        return frame;
    }

    RawPeer send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.US_ASCII));
    }

    RawPeer send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    RawPeer sendByteByByte(byte[] bytes) throws IOException {
        for (byte b : bytes) {
            send(new byte[] {b});
        }
        return this;
    }

    /** Up to and with the empty line. */
    String readHead() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                break;
            }
            head.write(b);
        }
        return head.toString(StandardCharsets.US_ASCII);
    }

    byte[] readBytes(int count) throws IOException {
        return socket.getInputStream().readNBytes(count);
    }

    Frame readFrame() throws IOException {
        InputStream in = socket.getInputStream();
        int first = in.read();
        int length = in.read();
        if (first < 0 || length < 0) {
            throw new IOException("the server closed instead of sending a frame");
        }
        if (length == 126) {
            length = ByteBuffer.wrap(in.readNBytes(2)).getShort() & 0xffff;
        }
        return new Frame(first, in.readNBytes(length));
    }

    /** All that comes until the server closes. */
    String readToEnd() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            socket.getInputStream().transferTo(all);
        } catch (SocketException e) {
            // A reset is an end too.
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
