package io.fairlead.wire.http;

import java.util.List;

/** Chooses a handler by the path's beginning; the first route that fits serves, and a last one fits everything. */
public final class Routes implements HttpHandler {
    /**
     * @param prefix what the undecoded path begins with
     * @param upgrade only requests that upgrade to this protocol; empty: any request
     */
    public record Route(String prefix, String upgrade, HttpHandler handler) {
        public static Route path(String prefix, HttpHandler handler) {
            return new Route(prefix, "", handler);
        }

        boolean fits(RequestHead request) {
            return (request.target().startsWith(prefix) || isPrefixWithoutItsSlash(request.path()))
                    && (upgrade.isEmpty()
                            || request.upgrade()
                                    .filter(upgrade::equalsIgnoreCase)
                                    .isPresent());
        }

        /** Some clients write the address of a folder without the slash at its end. */
        private boolean isPrefixWithoutItsSlash(String path) {
            return prefix.endsWith("/") && path.length() == prefix.length() - 1 && prefix.startsWith(path);
        }
    }

    private final List<Route> routes;

    public Routes(List<Route> routes) {
        this.routes = List.copyOf(routes);
        if (routes.isEmpty() || !routes.getLast().prefix().isEmpty()) {
            throw new IllegalArgumentException("the last route must fit every path");
        }
    }

    @Override
    public ExchangeListener serve(HttpExchange exchange) {
        for (Route route : routes) {
            if (route.fits(exchange.request())) {
                return route.handler().serve(exchange);
            }
        }
        throw new AssertionError("the last route fits every path");
    }
}
