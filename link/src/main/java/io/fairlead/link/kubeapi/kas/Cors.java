package io.fairlead.link.kubeapi.kas;

import io.fairlead.wire.http.Headers;
import io.fairlead.wire.http.RequestHead;
import io.fairlead.wire.http.ResponseHead;
import java.util.List;
import java.util.Optional;

/** Which pages may use the proxy: those of one origin, as GitLab kas 16.5 decides it. */
record Cors(Optional<String> externalOrigin) {
    /** Whether a request may come from where it says it comes from. No Origin: not a page. */
    boolean allows(RequestHead request) {
        List<String> origins = request.headers().all("Origin");
        return origins.isEmpty()
                || (origins.size() == 1
                        && externalOrigin.isPresent()
                        && origins.getFirst().equals(externalOrigin.get()));
    }

    /** What an answer to an allowed request says about it. */
    Headers headers(RequestHead request) {
        Headers headers = Headers.empty();
        request.headers()
                .first("Origin")
                .ifPresent(origin -> headers.set("Access-Control-Allow-Origin", origin)
                        .set("Access-Control-Allow-Credentials", "true")
                        .set("Vary", "Origin"));
        return headers;
    }

    /** The answer to OPTIONS, which is never forwarded. */
    ResponseHead preflight(RequestHead request) {
        Headers headers = headers(request);
        request.headers()
                .first("Access-Control-Request-Headers")
                .ifPresent(wanted -> headers.set("Access-Control-Allow-Headers", wanted));
        headers.set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, DELETE, CONNECT, OPTIONS, TRACE, PATCH")
                .set("Access-Control-Max-Age", "86400")
                .set("Content-Length", "0");
        return ResponseHead.of(200, headers);
    }
}
