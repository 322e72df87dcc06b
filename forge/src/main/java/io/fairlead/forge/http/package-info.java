/**
 * The HTTP server under the API.
 *
 * <p>Jetty 12.1, its core without servlets: compared with Helidon SE 4.4.1 on the same program it takes 4 jars in place of
 * 33, 78 in place of 102 MB resident, starts in half the time, refuses two Content-Length headers (Helidon answered 200),
 * streams a body both ways at once, keeps {@code %2F} paths untouched, and its WebSocket part resolves at the same version.
 *
 * <p>Start reading at {@link HttpListener}.
 */
@NullMarked
package io.fairlead.forge.http;

import org.jspecify.annotations.NullMarked;
