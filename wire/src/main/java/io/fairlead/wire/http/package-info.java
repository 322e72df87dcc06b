/**
 * HTTP/1.1 as bytes that flow, on event loops: the one place where kubectl, the API server and everything between meet
 * HTTP.
 *
 * <p>Why our own on Netty: kubectl's exec upgrades a POST to SPDY, half-closed connections must keep their last bytes, and
 * both directions stream at once with back-pressure; the ready-made servers tried do not pass one or another of these.
 *
 * <p>Start reading at {@link io.fairlead.wire.http.HttpServer} and {@link io.fairlead.wire.http.HttpExchange} for the
 * serving side, at {@link io.fairlead.wire.http.HttpClient} for the asking side, and at
 * {@link io.fairlead.wire.http.Forwarder} for both joined.
 */
@NullMarked
package io.fairlead.wire.http;

import org.jspecify.annotations.NullMarked;
