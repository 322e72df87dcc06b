package io.fairlead.kube.connection;

import java.util.Optional;

/** The bearer token to send now, if any. Asked for each request, on event loops: it never blocks. */
public interface BearerToken {
    Optional<String> current();
}
