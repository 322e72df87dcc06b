package io.fairlead.forge.api;

import java.util.Arrays;
import java.util.Optional;

/** The HTTP methods that routes use. A HEAD request is answered by the GET route without its body. */
public enum Method {
    GET,
    POST,
    PUT,
    PATCH,
    DELETE;

    static Optional<Method> of(String text) {
        String name = text.equals("HEAD") ? "GET" : text;
        return Arrays.stream(values()).filter(m -> m.name().equals(name)).findFirst();
    }
}
