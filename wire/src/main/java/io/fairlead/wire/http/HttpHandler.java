package io.fairlead.wire.http;

/** Serves requests. Called on the connection's event loop, so it must not block. */
public interface HttpHandler {
    /**
     * Begins to serve one request.
     *
     * @return who is told what happens to it from now on
     */
    ExchangeListener serve(HttpExchange exchange);
}
