package io.fairlead.cli.forge;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The path of a project or group that is to be made.
 *
 * @param parent what exists already
 * @param name what comes after that
 */
public record NewPath(Optional<String> parent, String name) {
    public static NewPath of(String path) {
        int slash = path.lastIndexOf('/');
        return new NewPath(
                slash > 0 ? Optional.of(path.substring(0, slash)) : Optional.empty(), path.substring(slash + 1));
    }

    /** What the API is told of it; more may be added. */
    public Map<String, Object> members(Visibility visibility) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("name", name);
        members.put("path", name);
        members.put("visibility", visibility.text());
        return members;
    }
}
