package io.fairlead.link.identity;

import io.grpc.Metadata;
import java.util.Iterator;
import java.util.Optional;

/** Reads {@code authorization: Bearer <token>} from a call's metadata; the scheme's case does not matter. */
public final class BearerToken {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final String SCHEME = "bearer ";

    private BearerToken() {}

    /** The token; empty when there is none, when the scheme is another, or when there are several. */
    public static Optional<String> of(Metadata headers) {
        Iterable<String> values = headers.getAll(AUTHORIZATION);
        if (values == null) {
            return Optional.empty();
        }
        Iterator<String> all = values.iterator();
        String value = all.next();
        if (all.hasNext() || !value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Optional.empty();
        }
        String token = value.substring(SCHEME.length()).strip();
        return token.isEmpty() ? Optional.empty() : Optional.of(token);
    }

    /** Puts a token where {@link #of} finds it, in place of any other. */
    public static void put(Metadata headers, String token) {
        headers.discardAll(AUTHORIZATION);
        headers.put(AUTHORIZATION, "Bearer " + token);
    }
}
