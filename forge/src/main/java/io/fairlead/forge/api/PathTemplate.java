package io.fairlead.forge.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A route's path: literal segments, {@code :name} for one segment, and {@code *name} as the first segment for one or more.
 *
 * <p>The raw path is cut at its slashes first and each segment is decoded afterwards, exactly once. So {@code %2F} stays
 * part of a segment, as GitLab's {@code :id} with an encoded path needs, and nothing is normalised: dot segments and empty
 * segments match no literal.
 */
public final class PathTemplate {
    private final String text;
    private final List<String> segments;

    public PathTemplate(String text) {
        if (!text.startsWith("/")) {
            throw new IllegalArgumentException("a path template begins with a slash: " + text);
        }
        this.text = text;
        this.segments = List.of(text.substring(1).split("/", -1));
        for (int i = 1; i < segments.size(); i++) {
            if (segments.get(i).startsWith("*")) {
                throw new IllegalArgumentException("only the first segment may take several: " + text);
            }
        }
    }

    /** Cuts a raw path into its raw segments. */
    static List<String> split(String rawPath) {
        return List.of(rawPath.substring(1).split("/", -1));
    }

    /** Whether the path has this shape; literals are compared with the raw segments, which need no decoding. */
    boolean matches(List<String> raw) {
        int extra = raw.size() - segments.size();
        if (extra < 0 || (extra > 0 && !takesSeveral())) {
            return false;
        }
        for (int i = takesSeveral() ? 1 : 0; i < segments.size(); i++) {
            String segment = segments.get(i);
            String actual = raw.get(i + extra);
            if (segment.startsWith(":") ? actual.isEmpty() : !segment.equals(actual)) {
                return false;
            }
        }
        return true;
    }

    /** The parameters of a path that matches, or nothing when a segment cannot be decoded. */
    Optional<PathParameters> parameters(List<String> raw) {
        Map<String, String> values = new LinkedHashMap<>();
        int extra = raw.size() - segments.size();
        for (int i = 0; i < segments.size(); i++) {
            String segment = segments.get(i);
            boolean several = segment.startsWith("*");
            if (!several && !segment.startsWith(":")) {
                continue;
            }
            List<String> decoded = new ArrayList<>();
            for (String part : several ? raw.subList(0, extra + 1) : raw.subList(i + extra, i + extra + 1)) {
                Optional<String> value = Percent.decode(part);
                if (value.isEmpty()) {
                    return Optional.empty();
                }
                decoded.add(value.get());
            }
            values.put(segment.substring(1), String.join("/", decoded));
        }
        return Optional.of(new PathParameters(values));
    }

    private boolean takesSeveral() {
        return segments.getFirst().startsWith("*");
    }

    /** How many segments are literal: of two templates that match, the one with more is meant. */
    int literals() {
        return (int) segments.stream()
                .filter(s -> !s.startsWith(":") && !s.startsWith("*"))
                .count();
    }

    @Override
    public String toString() {
        return text;
    }
}
