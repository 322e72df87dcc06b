package io.fairlead.cli.project;

import io.fairlead.cli.forge.ForgeApi;
import io.fairlead.cli.forge.NewPath;
import io.fairlead.cli.forge.Visibility;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Makes a project on the server. */
final class NewProject {
    private NewProject() {}

    /** @param more what the server is told besides path and visibility */
    static JsonNode create(ForgeApi api, String path, Visibility visibility, Map<String, String> more) {
        NewPath wanted = NewPath.of(path);
        Map<String, Object> members = wanted.members(visibility);
        members.putAll(more);
        wanted.parent().ifPresent(namespace -> {
            JsonNode found = api.get("/namespaces/" + ForgeApi.segment(namespace), "namespace " + namespace);
            members.put("namespace_id", found.get("id").asLong());
        });
        return api.post("/projects", members, "project " + path);
    }
}
