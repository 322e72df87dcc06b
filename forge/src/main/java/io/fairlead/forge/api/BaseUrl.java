package io.fairlead.forge.api;

/** The address a client used, for links in answers where the configured external URL is not at hand. */
final class BaseUrl {
    private BaseUrl() {}

    /** Scheme and host without a slash at the end; the scheme is what the proxy in front says, http without one. */
    static String of(Request request) {
        String scheme =
                request.header("x-forwarded-proto").filter("https"::equals).orElse("http");
        String host = request.header("host")
                .filter(h -> h.matches("[A-Za-z0-9.:\\[\\]_-]{1,255}"))
                .orElse("localhost");
        return scheme + "://" + host;
    }
}
