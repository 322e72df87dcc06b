package io.fairlead.link.kubeapi;

import io.fairlead.testing.RawSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * Reads what agentk sends to an API server as strictly as HTTP/1.1 (RFC 9112) can be read, by a reader that shares no line with
 * ours, and notes each byte that does not belong there and each request that is not from Dana alone. Answers an upgrade with 403,
 * a path with {@code redirect} with a redirect, and everything else with 200.
 */
final class StrictApiServer implements ApiServer.Conversation {
    private static final int VIOLATIONS_MAX = 20;
    private static final int LINE_MAX = 70_000;
    private static final Pattern REQUEST = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+ (?<target>/[!-~]*) HTTP/1\\.1");
    private static final Pattern FIELD =
            Pattern.compile("(?<name>[A-Za-z0-9!#$%&'*+.^_`|~-]+):[ \t]*(?<value>[^\0-\\x08\\x0a-\\x1f\\x7f]*)");
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,9}");
    private static final Pattern CHUNK = Pattern.compile("[0-9a-fA-F]{1,8}");
    private static final String FOLLOWED = "/followed-by-agentk";

    /** As whom {@link Line} lets everybody in, with the agent's own credential. */
    static final List<String> IDENTITY = List.of(
            "authorization=Bearer agents-own",
            "impersonate-extra-agent.gitlab.com%2fid=7",
            "impersonate-group=gitlab:project_role:3:developer",
            "impersonate-group=gitlab:user",
            "impersonate-user=gitlab:user:dana");

    /** Whole requests that came. */
    final AtomicLong requests = new AtomicLong();

    /** What must not have come, with its bytes; the first few. */
    final Queue<String> violations = new ConcurrentLinkedQueue<>();

    private static final class Violation extends Exception {
        private static final long serialVersionUID = 1;

        Violation(String what) {
            super(what);
        }
    }

    /** The end of the connection, which may come at any place: a client that leaves takes its request with it. */
    private static final class Ended extends Exception {
        private static final long serialVersionUID = 1;
    }

    private static final class Reader {
        private final RawSocket connection;
        private final ByteArrayOutputStream request = new ByteArrayOutputStream();
        private byte[] some = new byte[0];
        private int at;

        Reader(RawSocket connection) {
            this.connection = connection;
        }

        int next() throws IOException, Ended {
            if (at == some.length) {
                some = connection.readSome(16 * 1024);
                at = 0;
                if (some.length == 0) {
                    throw new Ended();
                }
            }
            int octet = some[at++] & 0xff;
            request.write(octet);
            return octet;
        }

        String line() throws IOException, Ended, Violation {
            StringBuilder line = new StringBuilder();
            int octet = next();
            while (octet != '\r') {
                if (octet == '\n' || line.length() > LINE_MAX) {
                    throw new Violation("a line without its end");
                }
                line.append((char) octet);
                octet = next();
            }
            if (next() != '\n') {
                throw new Violation("a bare CR");
            }
            return line.toString();
        }
    }

    @Override
    public void hold(RawSocket connection) throws IOException {
        Reader in = new Reader(connection);
        try {
            while (true) {
                answer(in, connection);
                requests.incrementAndGet();
                in.request.reset();
            }
        } catch (Ended e) {
            // Between two requests, or with one that was given up.
        } catch (Violation e) {
            if (violations.size() < VIOLATIONS_MAX) {
                violations.add(e.getMessage() + " in:\n" + in.request.toString(StandardCharsets.ISO_8859_1));
            }
        }
    }

    private static void answer(Reader in, RawSocket connection) throws IOException, Ended, Violation {
        String first = in.line();
        var request = REQUEST.matcher(first);
        if (!request.matches()) {
            throw new Violation("no request line");
        }
        String target = request.group("target");
        checkTarget(target);
        List<String> fields = new ArrayList<>();
        for (String line = in.line(); !line.isEmpty(); line = in.line()) {
            var field = FIELD.matcher(line);
            if (!field.matches()) {
                throw new Violation("no header field: " + line);
            }
            fields.add(folded(field.group("name")) + "=" + field.group("value").strip());
        }
        checkIdentity(fields);
        body(in, fields);
        boolean head = first.startsWith("HEAD ");
        if (has(fields, "upgrade=")) {
            // The connection stays HTTP: whatever comes next must be a request again, and Dana's.
            connection.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
            return;
        }
        connection.send(
                target.contains("redirect")
                        ? "HTTP/1.1 307 Temporary Redirect\r\nLocation: " + FOLLOWED + "\r\nContent-Length: 0\r\n\r\n"
                        : "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + (head ? "" : "{}"));
    }

    private static String folded(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static boolean has(List<String> fields, String begin) {
        return fields.stream().anyMatch(field -> field.startsWith(begin));
    }

    private static void checkTarget(String target) throws Violation {
        int query = target.indexOf('?');
        String path = query < 0 ? target : target.substring(0, query);
        if (path.equals(FOLLOWED)) {
            throw new Violation("a redirect was followed");
        }
        String decoded = percentDecoded(path);
        String[] segments = decoded.substring(1).split("[/\\\\]", -1);
        for (int i = 0; i < segments.length; i++) {
            if (segments[i].equals(".") || segments[i].equals("..")) {
                throw new Violation("a path that leads elsewhere: " + path);
            }
        }
        if (path.contains("//") || decoded.chars().anyMatch(c -> c < ' ' || c == 0x7f) || target.indexOf('#') >= 0) {
            throw new Violation("a path that servers read in two ways: " + path);
        }
    }

    private static String percentDecoded(String path) throws Violation {
        StringBuilder decoded = new StringBuilder();
        for (int i = 0; i < path.length(); i++) {
            if (path.charAt(i) != '%') {
                decoded.append(path.charAt(i));
            } else if (path.substring(i).matches("%[0-9a-fA-F]{2}.*")) {
                decoded.append((char) Integer.parseInt(path.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                throw new Violation("half a percent-encoding: " + path);
            }
        }
        return decoded.toString();
    }

    private static void checkIdentity(List<String> fields) throws Violation {
        List<String> identity = fields.stream()
                .filter(field -> field.startsWith("impersonate") || field.startsWith("authorization="))
                .sorted()
                .toList();
        if (!identity.equals(IDENTITY)) {
            throw new Violation("another identity: " + identity);
        }
        for (String begin : List.of(
                "x-remote-",
                "x-forwarded-",
                "forwarded=",
                "cookie=",
                "proxy-authorization=",
                "proxy-connection=",
                "gitlab-agent-id=",
                "x-csrf-token=",
                "expect=",
                "trailer=",
                "te=")) {
            if (has(fields, begin)) {
                throw new Violation("a field that is not the cluster's: " + begin);
            }
        }
        List<String> hosts =
                fields.stream().filter(field -> field.startsWith("host=")).toList();
        if (hosts.size() != 1 || !hosts.getFirst().startsWith("host=127.0.0.1:")) {
            throw new Violation("another host: " + hosts);
        }
        if (fields.stream()
                .noneMatch(field -> field.startsWith("via=") && field.contains("gRPC/1.0 gitlab-agent/test"))) {
            throw new Violation("a field that the agent added is gone");
        }
    }

    private static void body(Reader in, List<String> fields) throws IOException, Ended, Violation {
        List<String> framing = fields.stream()
                .filter(field -> field.startsWith("content-length=") || field.startsWith("transfer-encoding="))
                .toList();
        if (framing.isEmpty()) {
            return;
        }
        String value = framing.getFirst().substring(framing.getFirst().indexOf('=') + 1);
        boolean length = framing.getFirst().startsWith("content-length=");
        if (framing.size() > 1 || (length ? !LENGTH.matcher(value).matches() : !value.equals("chunked"))) {
            throw new Violation("a body whose end is said in two ways: " + framing);
        }
        if (length) {
            skip(in, Integer.parseInt(value));
            return;
        }
        for (int size = chunk(in); size > 0; size = chunk(in)) {
            skip(in, size);
            if (!in.line().isEmpty()) {
                throw new Violation("a chunk that is longer than it says");
            }
        }
        if (!in.line().isEmpty()) {
            throw new Violation("a trailer, where nobody looks for fields of identity");
        }
    }

    private static int chunk(Reader in) throws IOException, Ended, Violation {
        String size = in.line();
        if (!CHUNK.matcher(size).matches()) {
            throw new Violation("no size of a chunk: " + size);
        }
        return Integer.parseUnsignedInt(size, 16);
    }

    private static void skip(Reader in, int bytes) throws IOException, Ended {
        for (int i = 0; i < bytes; i++) {
            in.next();
        }
    }
}
