package io.fairlead.wire.http;

import io.fairlead.base.ids.RandomIds;
import io.fairlead.base.net.TrustedProxies;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Set;

/**
 * Passes requests on to a server behind this one, upgrades included, and streams both ways. For neighbours that trust this
 * process: what a client says of its own address is replaced by what we know.
 */
public final class Forwarder implements HttpHandler {
    /** What only we may say. */
    private static final Set<String> OURS = Set.of(
            "forwarded",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-proto",
            "x-forwarded-port",
            "x-real-ip",
            "expect");

    private final HttpClient client;
    private final Origin behind;
    private final String scheme;
    private final RandomIds ids;

    /**
     * @param behind where requests go, with their target unchanged
     * @param scheme what clients use to reach us, {@code http} or {@code https}; passed on as X-Forwarded-Proto
     * @param ids names a failure in the log and to the client
     */
    public Forwarder(HttpClient client, Origin behind, String scheme, RandomIds ids) {
        this.client = client;
        this.behind = behind;
        this.scheme = scheme;
        this.ids = ids;
    }

    @Override
    public ExchangeListener serve(HttpExchange exchange) {
        RequestHead request = exchange.request();
        boolean upgrade = request.upgrade().isPresent();
        Headers headers = endToEnd(request.headers());
        request.headers()
                .first("Host")
                .ifPresent(host -> headers.set("Host", host).set("X-Forwarded-Host", host));
        headers.set("X-Forwarded-Proto", scheme).set(TrustedProxies.HEADER, address(exchange.client()));
        request.upgrade().ifPresent(protocol -> headers.set("Upgrade", protocol));
        ForwardedExchange forwarded = new ForwardedExchange(exchange, ids);
        RequestBody body = upgrade ? new RequestBody.None() : body(request);
        HttpCall call = client.send(
                behind, new RequestHead(request.method(), request.target(), headers), body, forwarded.answer());
        forwarded.begin(call, !(body instanceof RequestBody.None));
        return forwarded;
    }

    private static RequestBody body(RequestHead request) {
        if (request.headers().contains("Transfer-Encoding")) {
            return new RequestBody.Chunked();
        }
        long length =
                request.headers().first("Content-Length").map(Long::parseLong).orElse(0L);
        return length == 0 ? new RequestBody.None() : new RequestBody.Sized(length);
    }

    /** The fields that are not for one connection alone, nor ours to say. */
    static Headers endToEnd(Headers from) {
        HopByHop here = HopByHop.of(from.all("Connection"));
        Headers kept = Headers.empty();
        from.forEach((name, value) -> {
            String folded = HopByHop.folded(name);
            if (!here.holds(folded) && !OURS.contains(folded)) {
                kept.add(name, value);
            }
        });
        return kept;
    }

    private static String address(SocketAddress address) {
        return address instanceof InetSocketAddress inet ? inet.getAddress().getHostAddress() : "unknown";
    }
}
