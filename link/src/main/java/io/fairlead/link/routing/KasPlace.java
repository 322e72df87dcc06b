package io.fairlead.link.routing;

import java.net.URI;

/**
 * One kas as others know it.
 *
 * @param id new at each start of the process, so that what a dead one left is never taken for what its successor has
 * @param url its private API, such as {@code grpc://10.0.0.7:8155}
 */
public record KasPlace(String id, URI url) {
    public KasPlace {
        if (id.isEmpty() || id.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new IllegalArgumentException("a kas's id is printable ASCII without spaces, not \"" + id + "\"");
        }
    }
}
