package io.fairlead.wire.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What an answer says before its body.
 *
 * @param status the code
 * @param reason the phrase after the code, possibly empty
 * @param headers the fields; framing (Content-Length or chunks) is read from them, hop-by-hop fields are the connection's
 */
public record ResponseHead(int status, String reason, Headers headers) {
    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,18}");

    /** With the phrase that HTTP gives {@code status}: for every answer that is our own. */
    public static ResponseHead of(int status, Headers headers) {
        return new ResponseHead(status, HttpResponseStatus.valueOf(status).reasonPhrase(), headers);
    }

    /** Whether its Content-Length, where it has one, says one length in digits alone. */
    public boolean plainlyFramed() {
        List<String> lengths = headers.all("Content-Length");
        return lengths.isEmpty()
                || (lengths.size() == 1 && DIGITS.matcher(lengths.getFirst()).matches());
    }

    /** Whether an answer of this status to {@code method} may have a body at all. */
    public boolean bodyAllowed(String method) {
        return !method.equals("HEAD") && status >= 200 && status != 204 && status != 304;
    }
}
