package io.fairlead.wire.http;

import io.netty.handler.codec.http.HttpResponseStatus;

/**
 * What an answer says before its body.
 *
 * @param status the code
 * @param reason the phrase after the code, possibly empty
 * @param headers the fields; framing (Content-Length or chunks) is read from them, hop-by-hop fields are the connection's
 */
public record ResponseHead(int status, String reason, Headers headers) {
    /** With the phrase that HTTP gives {@code status}: for every answer that is our own. */
    public static ResponseHead of(int status, Headers headers) {
        return new ResponseHead(status, HttpResponseStatus.valueOf(status).reasonPhrase(), headers);
    }

    /** Whether an answer of this status to {@code method} may have a body at all. */
    public boolean bodyAllowed(String method) {
        return !method.equals("HEAD") && status >= 200 && status != 204 && status != 304;
    }
}
