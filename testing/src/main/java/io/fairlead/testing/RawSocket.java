package io.fairlead.testing;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;

/**
 * A client that sends exactly the bytes it is told to and reads exactly the bytes that come: for everything a well-behaved
 * client would not do. Waits at most 15 s for anything. Text is ISO-8859-1.
 */
public final class RawSocket implements Closeable {
    private static final int WAIT_MILLIS_MAX = 15_000;

    private final Socket socket;
    private final InputStream in;

    private RawSocket(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(WAIT_MILLIS_MAX);
        socket.setTcpNoDelay(true);
        in = socket.getInputStream();
    }

    /** A connection in clear text. */
    public static RawSocket connect(InetSocketAddress to) throws IOException {
        Socket socket = new Socket();
        socket.connect(to, WAIT_MILLIS_MAX);
        return new RawSocket(socket);
    }

    /** A connection whose receive buffer is small, so that a reader that stops is soon felt by the sender. */
    public static RawSocket connectNarrow(InetSocketAddress to) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(16 * 1024);
        socket.connect(to, WAIT_MILLIS_MAX);
        return new RawSocket(socket);
    }

    /** A connection over TLS, handshake done. */
    public static RawSocket connectTls(InetSocketAddress to, SSLContext context) throws IOException {
        Socket plain = new Socket();
        plain.connect(to, WAIT_MILLIS_MAX);
        plain.setSoTimeout(WAIT_MILLIS_MAX);
        Socket socket = context.getSocketFactory().createSocket(plain, "localhost", to.getPort(), true);
        return new RawSocket(socket);
    }

    /** The serving end of a connection. */
    public static RawSocket accepted(Socket socket) throws IOException {
        return new RawSocket(socket);
    }

    /** Sends {@code text}; line ends are sent as they stand. */
    public RawSocket send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public RawSocket send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** Up to and with the empty line. */
    public String readHead() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int seen = 0;
        while (seen < 4) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the connection ended after " + head.toString(StandardCharsets.ISO_8859_1));
            }
            head.write(next);
            seen = next == "\r\n\r\n".charAt(seen) ? seen + 1 : next == '\r' ? 1 : 0;
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    public String read(int bytes) throws IOException {
        return new String(readBytes(bytes), StandardCharsets.ISO_8859_1);
    }

    public byte[] readBytes(int bytes) throws IOException {
        byte[] read = in.readNBytes(bytes);
        if (read.length < bytes) {
            throw new EOFException("the connection ended " + (bytes - read.length) + " bytes early");
        }
        return read;
    }

    /** The bytes that can be had at once or after a wait, at least one; empty at the end. */
    public byte[] readSome(int max) throws IOException {
        byte[] some = new byte[max];
        int count = in.read(some);
        return count < 0 ? new byte[0] : java.util.Arrays.copyOf(some, count);
    }

    /** All that comes until the connection ends in order. */
    public String readToEnd() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** How many bytes can be read without waiting. */
    public int available() {
        try {
            return in.available();
        } catch (IOException e) {
            return 0;
        }
    }

    /** One chunk of a chunked body; empty for the last one. */
    public byte[] readChunk() throws IOException {
        byte[] chunk = readBytes(Integer.parseInt(readLine(), 16));
        readLine();
        return chunk;
    }

    /** Whether the other side ends the connection, in order or not, without sending anything more. */
    public boolean ends() {
        try {
            return in.read() < 0;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** An answer with its body, read as its framing says; the answer to a request that was not HEAD. */
    public Answer readAnswer() throws IOException {
        String head = readHead();
        Answer answer = new Answer(head, "");
        if (answer.status() < 200 || answer.status() == 204 || answer.status() == 304) {
            return answer;
        }
        if (answer.field("transfer-encoding").equals("chunked")) {
            return new Answer(head, readChunks());
        }
        String length = answer.field("content-length");
        return new Answer(head, length.isEmpty() ? readToEnd() : read(Integer.parseInt(length)));
    }

    private String readChunks() throws IOException {
        StringBuilder body = new StringBuilder();
        while (true) {
            int size = Integer.parseInt(readLine(), 16);
            body.append(read(size));
            if (size == 0) {
                readLine();
                return body.toString();
            }
            readLine();
        }
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the connection ended within a line");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    /** Ends our direction and leaves the other open. */
    public void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Goes away as a killed process whose peer still sends does: with a reset. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** What was answered. {@code head} holds the status line too. */
    public record Answer(String head, String body) {
        public int status() {
            return Integer.parseInt(head.split(" ", 3)[1].strip());
        }

        /** The one value of a field; empty when it is not there. */
        public String field(String lowerCaseName) {
            return head.lines()
                    .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith(lowerCaseName + ":"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("");
        }
    }
}
