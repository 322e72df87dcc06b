package io.fairlead.forge.description;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What each route takes in its query or body, as {@code parameters.txt} beside this class has it. */
public final class RouteParameters {
    /**
     * One parameter.
     *
     * @param type as {@code parameters.txt} writes it, empty for a text
     */
    public record Parameter(String name, boolean required, String type) {}

    private static final List<Parameter> PAGE =
            List.of(new Parameter("page", false, "number"), new Parameter("per_page", false, "number"));

    private final Map<String, List<Parameter>> byRoute;

    private RouteParameters(Map<String, List<Parameter>> byRoute) {
        this.byRoute = byRoute;
    }

    public static RouteParameters read() {
        try (InputStream in = RouteParameters.class.getResourceAsStream("parameters.txt")) {
            if (in == null) {
                throw new IllegalStateException("parameters.txt is not on the class path");
            }
            return of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static RouteParameters of(String text) {
        Map<String, List<Parameter>> byRoute = new LinkedHashMap<>();
        for (String line : text.lines().toList()) {
            if (line.startsWith("#") || line.isBlank()) {
                continue;
            }
            String[] words = line.split(" ", -1);
            List<Parameter> parameters = new ArrayList<>();
            for (int i = 2; i < words.length; i++) {
                if (words[i].equals("@page")) {
                    parameters.addAll(PAGE);
                } else {
                    parameters.add(parameter(words[i]));
                }
            }
            if (byRoute.put(words[0] + " /api/v4" + words[1], List.copyOf(parameters)) != null) {
                throw new IllegalStateException("twice: " + line);
            }
        }
        return new RouteParameters(byRoute);
    }

    private static Parameter parameter(String word) {
        int colon = word.indexOf(':');
        String name = colon < 0 ? word : word.substring(0, colon);
        boolean required = name.endsWith("!");
        return new Parameter(
                required ? name.substring(0, name.length() - 1) : name,
                required,
                colon < 0 ? "" : word.substring(colon + 1));
    }

    /** The parameters of a route by its method and path; none when the table does not name it. */
    public List<Parameter> of(String method, String path) {
        return byRoute.getOrDefault(method + " " + path, List.of());
    }

    /** Method and path of all routes that are named. */
    public List<String> routes() {
        return List.copyOf(byRoute.keySet());
    }
}
