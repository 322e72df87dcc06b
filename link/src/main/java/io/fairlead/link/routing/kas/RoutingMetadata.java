package io.fairlead.link.routing.kas;

import io.grpc.Metadata;
import java.util.Iterator;
import java.util.OptionalLong;

/** What one kas tells another about a call besides its messages; names as in GitLab's kas. It never reaches an agent. */
final class RoutingMetadata {
    private static final Metadata.Key<String> AGENT_ID =
            Metadata.Key.of("kas-hop-routing-agent-id", Metadata.ASCII_STRING_MARSHALLER);

    private RoutingMetadata() {}

    static Metadata of(long agentId) {
        Metadata headers = new Metadata();
        headers.put(AGENT_ID, Long.toString(agentId));
        return headers;
    }

    /** Empty when there is none, several, or no number. */
    static OptionalLong agentId(Metadata headers) {
        Iterable<String> values = headers.getAll(AGENT_ID);
        if (values == null) {
            return OptionalLong.empty();
        }
        Iterator<String> all = values.iterator();
        String value = all.next();
        if (all.hasNext()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(value));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
