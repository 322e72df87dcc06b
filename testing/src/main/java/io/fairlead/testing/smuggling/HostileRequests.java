package io.fairlead.testing.smuggling;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/**
 * Makes bytes that look like HTTP requests and try to say who they come from: requests in every form that the proxy knows, each
 * with some of what is wrong in it that two readers may understand differently. For tests and stories that look what of it
 * reaches an API server.
 *
 * <p>Each is made from a whole request by up to five changes, so that most get far enough to matter. It is blind to what the
 * program does with them: it knows HTTP's grammar, which a mutation of single bits would have to find first.
 *
 * @param prefix what the proxy's paths begin with, without the slash at its end
 * @param authorization the value of a good credential
 * @param mark what a hostile value says wherever it may; nothing that it stands for may be believed
 */
public record HostileRequests(String prefix, String authorization, String mark) {
    /** Fields that say who a request comes from, or could make a reader lose or find one that does. */
    public static final List<String> NAMES = List.of(
            "Impersonate-User",
            "Impersonate-Group",
            "Impersonate-Uid",
            "Impersonate-Extra-scopes",
            "Impersonate-Extra-agent.gitlab.com%2fid",
            "Authorization",
            "Proxy-Authorization",
            "Cookie",
            "X-Remote-User",
            "X-Remote-Group",
            "X-Remote-Extra-scopes",
            "X-Forwarded-For",
            "X-Forwarded-User",
            "X-Forwarded-Client-Cert",
            "Forwarded",
            "Gitlab-Agent-Id",
            "Host",
            "Via");

    private static final List<String> ODD = List.of(
            "\0", "\t", "\r", "\n", " ", "\u000b", "\u007f", "\u0080", "\u00a0", "\u00ff", ":", ";", ",", "_", "-", "%",
            "/", "\\", "\"", "#", "?");

    private static final List<String> FRAMING = List.of(
            "Content-Length: 5",
            "Content-Length: 0",
            "Content-Length: +5",
            "Content-Length: 5, 5",
            "Content-Length: 0x5",
            "Content-Length : 5",
            "Transfer-Encoding: chunked",
            "Transfer-Encoding: xchunked",
            "Transfer-Encoding:\u000bchunked",
            "Transfer-Encoding: chunked, identity",
            "Transfer_Encoding: chunked",
            "Expect: 100-continue",
            "Upgrade: websocket",
            "Upgrade: h2c",
            "Connection: Upgrade",
            "Trailer: Impersonate-User",
            "TE: trailers");

    private static final List<String> PATHS = List.of(
            "/..",
            "/.",
            "//",
            "/%2e%2e",
            "/%2E.",
            "/%2f",
            "/%2F..%2F",
            "/%252f",
            "/%252e%252e",
            ";x",
            "/;/..;/",
            "\\",
            "\\..\\",
            "%00",
            "%0d%0aImpersonate-User:%20x",
            "/%c0%af",
            "/%u002e",
            "?watch=1;x",
            "??",
            "#x",
            " ",
            "%");

    private static final List<String> OTHER_PLACES =
            List.of("http://127.0.0.1", "http://169.254.169.254", "https://x:443", "//evil", "*", "x:80");

    private static final int CHANGES_MAX = 5;

    /** The next one; the same of the same source of chance. */
    public byte[] next(Random random) {
        StringBuilder text = new StringBuilder(whole(random));
        for (int changes = random.nextInt(CHANGES_MAX + 1); changes > 0; changes--) {
            change(text, random);
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A name as somebody writes it who hopes that it is read otherwise: any case, underscores, something before or after. */
    public static String spelled(String name, Random random) {
        StringBuilder spelled = new StringBuilder();
        boolean underscores = random.nextInt(3) == 0;
        int way = random.nextInt(4);
        for (char c : name.toCharArray()) {
            boolean upper = way == 3 ? random.nextBoolean() : way == 2;
            char cased = way == 0 ? c : upper ? Character.toUpperCase(c) : Character.toLowerCase(c);
            spelled.append(c == '-' && underscores && random.nextBoolean() ? '_' : cased);
        }
        switch (random.nextInt(24)) {
            case 0 -> spelled.insert(0, any(ODD, random));
            case 1 -> spelled.append(any(ODD, random));
            case 2 -> spelled.insert(random.nextInt(spelled.length()), any(ODD, random));
            default -> {}
        }
        return spelled.toString();
    }

    /** A field that says who this is, without its line end. */
    public String field(Random random) {
        String name = spelled(any(NAMES, random), random);
        String between = any(List.of(": ", ": ", ": ", ":", ":\t", " : ", ":\r\n ", ": \u00a0"), random);
        String value = any(
                List.of(
                        mark,
                        mark,
                        "system:masters",
                        "system:admin",
                        "",
                        " ",
                        "Bearer " + mark,
                        mark + "\0",
                        mark + ", x"),
                random);
        return name + between + value;
    }

    private String whole(Random random) {
        String target = prefix + "/api/v1/namespaces/" + mark;
        String hidden = "GET /api/v1/namespaces/hidden-" + mark + " HTTP/1.1\r\nHost: x\r\nImpersonate-User: " + mark
                + "\r\n\r\n";
        return switch (random.nextInt(9)) {
            case 0, 1 -> head("GET", target, "");
            case 2 -> head("HEAD", target, "Accept: */*\r\n");
            case 3 -> head("POST", target, "Content-Length: " + hidden.length() + "\r\n") + hidden;
            case 4 ->
                head("PUT", target, "Transfer-Encoding: chunked\r\n") + Integer.toHexString(hidden.length()) + "\r\n"
                        + hidden + "\r\n0\r\n\r\n";
            case 5 ->
                head("PATCH", target, "Transfer-Encoding: chunked\r\nTrailer: Impersonate-User\r\n")
                        + "3;x=y\r\nabc\r\n0\r\n" + field(random) + "\r\n\r\n";
            case 6 ->
                head(
                                "GET",
                                target + "/pods/x/exec?command=x",
                                "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")
                        + hidden;
            case 7 ->
                head(
                                "POST",
                                target + "/pods/x/exec?command=x",
                                "Connection: Upgrade\r\nUpgrade: SPDY/3.1\r\nContent-Length: 0\r\n")
                        + hidden;
            default -> head("GET", target, "") + head("GET", target, field(random) + "\r\n");
        };
    }

    private String head(String method, String target, String more) {
        return method + " " + target + " HTTP/1.1\r\nHost: kas\r\nAuthorization: " + authorization + "\r\n" + more
                + "\r\n";
    }

    private void change(StringBuilder text, Random random) {
        switch (random.nextInt(14)) {
            case 0, 1, 2, 3 -> text.insert(afterLine(text, random), field(random) + "\r\n");
            case 4 -> text.insert(afterLine(text, random), listing(random) + "\r\n");
            case 5 -> text.insert(afterLine(text, random), any(FRAMING, random) + "\r\n");
            case 6 -> text.insert(random.nextInt(text.length() + 1), any(ODD, random));
            case 7 -> replace(text, random.nextInt(text.length() + 1), 1, any(ODD, random));
            case 8 -> replace(text, random.nextInt(text.length() + 1), 1 + random.nextInt(4), "");
            case 9 ->
                replace(
                        text,
                        lineEnd(text, random),
                        2,
                        any(List.of("\n", "\r", "\r\n ", "\r\n\t", "\n\r", "\0\r\n"), random));
            case 10 -> {
                int from = afterLine(text, random);
                text.insert(from, text.substring(from, Math.min(text.length(), from + 1 + random.nextInt(80))));
            }
            case 11 -> replace(text, afterLine(text, random), random.nextInt(60), "");
            case 12 -> inTarget(text, any(PATHS, random), random);
            default -> text.insert(Math.min(text.length(), text.indexOf(" ") + 1), any(OTHER_PLACES, random));
        }
    }

    /** Fields that are for one connection only are dropped by each reader: these would then be gone. */
    private static String listing(Random random) {
        String listed = spelled(any(NAMES, random), random);
        String also = any(
                List.of("Authorization", "Impersonate-User", "Impersonate-Group", "Via", "close", "keep-alive"),
                random);
        return any(List.of("Connection: ", "Connection: ", "Proxy-Connection: ", "Keep-Alive: "), random) + listed
                + ", " + also;
    }

    private void inTarget(StringBuilder text, String piece, Random random) {
        int from = text.indexOf(prefix + "/");
        int end = text.indexOf(" HTTP/", Math.max(0, from));
        if (from >= 0 && end > from) {
            text.insert(from + random.nextInt(end - from + 1), piece);
        }
    }

    private static int lineEnd(StringBuilder text, Random random) {
        int found = text.indexOf("\r\n", random.nextInt(text.length() + 1));
        return found < 0 ? text.length() : found;
    }

    private static int afterLine(StringBuilder text, Random random) {
        return Math.min(text.length(), lineEnd(text, random) + 2);
    }

    private static void replace(StringBuilder text, int at, int length, String by) {
        text.replace(at, Math.min(text.length(), at + length), by);
    }

    private static String any(List<String> of, Random random) {
        return of.get(random.nextInt(of.size()));
    }
}
