package io.fairlead.link.kubeapi.kas;

import io.fairlead.wire.http.Headers;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/** The id that ties a client's error message to our logs: the client's own when it sends W3C trace context. */
final class TraceId {
    private static final Pattern TRACEPARENT = Pattern.compile("[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*");

    private TraceId() {}

    static String of(Headers headers, RandomGenerator random) {
        var match = headers.first("traceparent").map(TRACEPARENT::matcher);
        if (match.isPresent() && match.get().matches()) {
            return match.get().group(1);
        }
        return HexFormat.of().toHexDigits(random.nextLong()) + HexFormat.of().toHexDigits(random.nextLong());
    }
}
