package io.fairlead.wire.http;

import java.util.List;
import java.util.Optional;

/**
 * What a request says before its body.
 *
 * @param method as sent, case kept
 * @param target the request target exactly as sent: path and query, undecoded
 * @param headers as received; the receiver may change its own copy only
 */
public record RequestHead(String method, String target, Headers headers) {
    /** The path part of the target, undecoded. */
    public String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /**
     * The protocol the client wants this connection to become, when it asks for one. HTTP/2 is no such wish: clients that
     * can speak it offer it with any request and go on with what they get.
     */
    public Optional<String> upgrade() {
        List<String> values = headers.all("Upgrade");
        return values.isEmpty() || offersHttp2(values.getFirst()) ? Optional.empty() : Optional.of(values.getFirst());
    }

    static boolean offersHttp2(String upgrade) {
        return upgrade.equalsIgnoreCase("h2c");
    }

    @Override
    public String toString() {
        // The query may carry a CSRF token.
        return method + " " + path();
    }
}
