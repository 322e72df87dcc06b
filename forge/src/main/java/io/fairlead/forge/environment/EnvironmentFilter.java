package io.fairlead.forge.environment;

import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Parameters;
import io.fairlead.forge.database.LikePattern;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which environments of a project a list is to hold. */
record EnvironmentFilter(long projectId, Optional<String> name, Optional<String> search, Optional<String> state) {
    private static final int SEARCH_LENGTH_MIN = 3;

    static EnvironmentFilter of(long projectId, Parameters parameters) {
        Optional<String> name = parameters.text("name").filter(text -> !text.isEmpty());
        Optional<String> search = parameters.searched("search");
        if (name.isPresent() && search.isPresent()) {
            throw ApiError.badParameter("name, search are mutually exclusive");
        }
        if (search.filter(text -> text.length() < SEARCH_LENGTH_MIN).isPresent()) {
            throw ApiError.message(400, "Search query is less than " + SEARCH_LENGTH_MIN + " characters");
        }
        return new EnvironmentFilter(
                projectId, name, search, parameters.oneOf("states", List.of("available", "stopping", "stopped")));
    }

    String where() {
        return " where project_id = :project"
                + (name.isPresent() ? " and name = :name" : "")
                + (search.isPresent() ? " and lower(name) like :search escape '!'" : "")
                + (state.isPresent() ? " and state = :state" : "");
    }

    Map<String, Object> parameters() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("project", projectId);
        name.ifPresent(text -> values.put("name", text));
        search.ifPresent(text -> values.put("search", LikePattern.containing(text)));
        state.ifPresent(text -> values.put("state", text));
        return values;
    }
}
