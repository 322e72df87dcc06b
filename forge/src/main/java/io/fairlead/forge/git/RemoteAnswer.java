package io.fairlead.forge.git;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an HTTP/1.1 server answered.
 *
 * @param headers by name, without regard to case
 * @param body ends where the answer says; one that breaks off before is an {@link EOFException}
 */
record RemoteAnswer(int status, Map<String, List<String>> headers, InputStream body) {
    private static final Pattern FIRST_LINE = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})( .*)?");
    private static final int LINE_MAX = 8_192;
    private static final int HEADERS_MAX = 100;

    static RemoteAnswer read(InputStream in, Socket socket) throws IOException {
        while (true) {
            Matcher first = FIRST_LINE.matcher(line(in));
            if (!first.matches()) {
                throw new ImportFailure("the answer was not HTTP");
            }
            int status = Integer.parseInt(first.group(1));
            Map<String, List<String>> headers = headers(in);
            if (status >= 200) {
                return new RemoteAnswer(status, headers, body(in, headers, status, socket));
            }
        }
    }

    private static Map<String, List<String>> headers(InputStream in) throws IOException {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        int count = 0;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            if (colon < 1 || ++count > HEADERS_MAX) {
                throw new ImportFailure("the answer was not HTTP");
            }
            headers.computeIfAbsent(line.substring(0, colon), name -> new ArrayList<>())
                    .add(line.substring(colon + 1).strip());
        }
        return headers;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the answer broke off");
            }
            if (line.length() == LINE_MAX) {
                throw new ImportFailure("the answer was not HTTP");
            }
            line.append((char) next);
        }
        int end = line.length();
        return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
    }

    private static InputStream body(InputStream in, Map<String, List<String>> headers, int status, Socket socket)
            throws IOException {
        boolean chunked = headers.getOrDefault("Transfer-Encoding", List.of()).stream()
                .anyMatch(value -> value.equalsIgnoreCase("chunked"));
        List<String> lengths = headers.getOrDefault("Content-Length", List.of());
        if (status == 204 || status == 304) {
            return new Body(in, socket, 0, false);
        }
        if (chunked) {
            return new Body(in, socket, 0, true);
        }
        if (lengths.isEmpty()) {
            return new Body(in, socket, Long.MAX_VALUE, false);
        }
        if (lengths.size() > 1 || !lengths.getFirst().matches("[0-9]{1,18}")) {
            throw new ImportFailure("the answer was not HTTP");
        }
        return new Body(in, socket, Long.parseLong(lengths.getFirst()), false);
    }

    /** Of a known length, in chunks, or up to the connection's end. Closing it closes the connection. */
    private static final class Body extends InputStream {
        private final InputStream in;
        private final Socket socket;
        private final boolean chunked;
        private long left;
        private boolean ended;
        private boolean begun;

        Body(InputStream in, Socket socket, long left, boolean chunked) {
            this.in = in;
            this.socket = socket;
            this.left = left;
            this.chunked = chunked;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int at, int count) throws IOException {
            if (count == 0) {
                return 0;
            }
            if (chunked && left == 0 && !ended) {
                nextChunk();
            }
            if (left == 0) {
                return -1;
            }
            int read = in.read(bytes, at, (int) Math.min(count, left));
            if (read < 0) {
                if (left == Long.MAX_VALUE) {
                    return -1;
                }
                throw new EOFException("the answer broke off");
            }
            if (left != Long.MAX_VALUE) {
                left -= read;
            }
            return read;
        }

        private void nextChunk() throws IOException {
            if (begun && !line(in).isEmpty()) {
                throw new ImportFailure("the answer was not HTTP");
            }
            begun = true;
            String size = line(in).replaceFirst("[;\\s].*", "");
            if (!size.matches("[0-9a-fA-F]{1,12}")) {
                throw new ImportFailure("the answer was not HTTP");
            }
            left = Long.parseLong(size, 16);
            if (left == 0) {
                ended = true;
                headers(in);
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
