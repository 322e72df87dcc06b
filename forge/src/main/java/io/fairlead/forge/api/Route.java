package io.fairlead.forge.api;

/** A route as data: what it matches, who may call it, and what answers. */
public record Route(Method method, PathTemplate path, Access access, Handler handler) {
    /** Answers a request on its own virtual thread; may block. */
    public interface Handler {
        Reply handle(Exchange exchange);
    }

    /** A route below {@code /api/v4}. */
    public static Route api(Method method, String path, Access access, Handler handler) {
        return new Route(method, new PathTemplate("/api/v4" + path), access, handler);
    }

    @Override
    public String toString() {
        return method + " " + path + " " + access;
    }
}
