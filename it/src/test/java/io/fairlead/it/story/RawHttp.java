package io.fairlead.it.story;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Bytes to a port, and the bytes that come back: for requests that no decent client would send. */
record RawHttp(int port, boolean tls, Path caFile) {
    private static final int ANSWER_MAX = 64 << 10;
    private static final int PATIENCE_MILLIS = 3_000;

    static RawHttp to(String url, Path caFile) {
        URI uri = URI.create(url);
        boolean tls = uri.getScheme().endsWith("s");
        return new RawHttp(uri.getPort() < 0 ? (tls ? 443 : 80) : uri.getPort(), tls, caFile);
    }

    /** What came back until the other end closed or nothing more came, as text. */
    String send(byte[] bytes) {
        return send(bytes, PATIENCE_MILLIS);
    }

    /** Noise, to which any answer is right; the port must take the connection. */
    void throwAt(byte[] bytes) {
        send(bytes, 100);
    }

    /** As {@link #send(byte[])}, with another patience. */
    String ask(byte[] bytes, int patienceMillis) {
        return send(bytes, patienceMillis);
    }

    /** @throws UncheckedIOException when there is nobody to connect to */
    private String send(byte[] bytes, int patienceMillis) {
        try (Socket socket = open()) {
            socket.setSoTimeout(patienceMillis);
            try {
                socket.getOutputStream().write(bytes);
                socket.getOutputStream().flush();
            } catch (IOException e) {
                // Refused before it had all; what it says is read below.
            }
            return read(socket);
        } catch (IOException e) {
            throw new UncheckedIOException("no connection to port " + port, e);
        }
    }

    String send(String text) {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** An open connection over which nothing was sent yet. */
    Socket open() throws IOException {
        Socket plain = new Socket();
        plain.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
        if (!tls) {
            return plain;
        }
        return Caller.trusting(caFile).getSocketFactory().createSocket(plain, "127.0.0.1", port, true);
    }

    /** An answer of one request ends with its body, or with the connection; either way we stop at the first silence. */
    private static String read(Socket socket) {
        StringBuilder answer = new StringBuilder();
        byte[] buffer = new byte[8 << 10];
        try {
            InputStream in = socket.getInputStream();
            int count = in.read(buffer);
            while (count >= 0 && answer.length() < ANSWER_MAX) {
                answer.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
                if (whole(answer)) {
                    break;
                }
                count = in.read(buffer);
            }
        } catch (IOException e) {
            // Silence, or an end without a farewell: what came until then is the answer.
            return answer.toString();
        }
        return answer.toString();
    }

    private static boolean whole(StringBuilder answer) {
        int end = answer.indexOf("\r\n\r\n");
        String lower = answer.toString().toLowerCase(java.util.Locale.ROOT);
        int length = lower.indexOf("content-length:");
        if (end < 0 || length < 0 || length > end) {
            return false;
        }
        String value = lower.substring(length + 15, lower.indexOf('\r', length)).strip();
        return answer.length() >= end + 4 + Integer.parseInt(value);
    }
}
