package io.fairlead.forge.api;

import java.util.Map;

/** The values of a path template's parameters, decoded once. */
public record PathParameters(Map<String, String> values) {
    /** A parameter that the route's template has; asking for another is a programming error. */
    public String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalStateException("the route has no path parameter " + name);
        }
        return value;
    }
}
