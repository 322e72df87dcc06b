package io.fairlead.wire.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What no request may look like, because two readers could understand it differently. */
final class RequestCheck {
    record Refusal(int status, String text) {}

    private RequestCheck() {}

    /** Why {@code request} is refused, or null when it may be served. */
    static @Nullable Refusal refusal(HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            return unreadable(request.decoderResult().cause());
        }
        HttpVersion version = request.protocolVersion();
        if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
            return new Refusal(
                    505, "This server speaks HTTP/1.1 and HTTP/1.0; the request says " + version.text() + ".");
        }
        HttpHeaders headers = request.headers();
        if (version.equals(HttpVersion.HTTP_1_1)
                && headers.getAll(HttpHeaderNames.HOST).size() != 1) {
            return new Refusal(400, "The request must have exactly one Host header.");
        }
        if (!headers.getAll(HttpHeaderNames.HOST).stream().allMatch(RequestCheck::isHost)) {
            return new Refusal(400, "The Host header must be a name or address and perhaps a port.");
        }
        if (request.method().equals(HttpMethod.CONNECT)) {
            return new Refusal(405, "This server is not a proxy for CONNECT.");
        }
        String target = request.uri();
        boolean ofServer = target.equals("*") && request.method().name().equals("OPTIONS");
        if (!target.startsWith("/") && !ofServer) {
            return new Refusal(400, "The request target must be a path that begins with a slash.");
        }
        if (hasControl(target)) {
            return new Refusal(400, "The request target holds a character that must be percent-encoded.");
        }
        return framing(request, headers);
    }

    private static @Nullable Refusal framing(HttpRequest request, HttpHeaders headers) {
        List<String> encodings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        List<String> lengths = headers.getAll(HttpHeaderNames.CONTENT_LENGTH);
        if (encodings.size() > 1
                || (encodings.size() == 1 && !encodings.getFirst().equalsIgnoreCase("chunked"))) {
            return new Refusal(400, "Transfer-Encoding may only be chunked.");
        }
        if (!encodings.isEmpty()
                && (!lengths.isEmpty() || request.protocolVersion().equals(HttpVersion.HTTP_1_0))) {
            return new Refusal(400, "The length of the request's body is said in two ways.");
        }
        if (lengths.size() > 1) {
            return new Refusal(400, "The request must have one Content-Length.");
        }
        List<String> upgrades = headers.getAll(HttpHeaderNames.UPGRADE);
        if (upgrades.size() > 1) {
            return new Refusal(400, "The request must name one protocol to upgrade to.");
        }
        if (upgrades.isEmpty() || RequestHead.offersHttp2(upgrades.getFirst())) {
            return null;
        }
        if (!headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)) {
            return new Refusal(400, "A request that upgrades the connection must say so in Connection.");
        }
        boolean body = !encodings.isEmpty() || HttpUtil.getContentLength(request, 0L) > 0;
        if (body) {
            return new Refusal(400, "A request that upgrades the connection must not have a body.");
        }
        return null;
    }

    private static Refusal unreadable(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return new Refusal(414, "The request line is too long.");
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return new Refusal(431, "The request's headers are too large.");
        }
        return new Refusal(400, "The request is not well-formed HTTP.");
    }

    /** Somebody behind us may make a URL of it: nothing that ends or begins another part of one. */
    private static boolean isHost(String host) {
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letterOrDigit && "-._~:[]!$&'()*+,;=%".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasControl(String target) {
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= 0x20 || c >= 0x7f) {
                return true;
            }
        }
        return false;
    }
}
