package io.fairlead.link.flux.agent;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The sources of Flux that are projects of the agent's forge.
 *
 * @param byProject by the project's path in lower case
 * @param projects their paths as they were found written, the same keys
 */
record FollowedSources(Map<String, List<GitSource>> byProject, Map<String, String> projects) {
    static final FollowedSources NONE = new FollowedSources(Map.of(), Map.of());

    /** kas follows no more by one stream. */
    static final int PROJECTS_MAX = 10_000;

    static FollowedSources of(ForgeAddress forge, List<GitSource> sources) {
        Map<String, List<GitSource>> found = new HashMap<>();
        Map<String, String> projects = new TreeMap<>();
        for (GitSource source : sources) {
            Optional<String> path = source.suspended() ? Optional.empty() : forge.project(source.url());
            if (path.isPresent() && projects.size() < PROJECTS_MAX) {
                String key = key(path.get());
                found.computeIfAbsent(key, any -> new java.util.ArrayList<>()).add(source);
                projects.putIfAbsent(key, path.get());
            }
        }
        return new FollowedSources(found, new LinkedHashMap<>(projects));
    }

    Set<String> keys() {
        return projects.keySet();
    }

    List<GitSource> of(String project) {
        return byProject.getOrDefault(key(project), List.of());
    }

    /** Projects are the same however their paths are written. */
    static String key(String project) {
        return project.toLowerCase(Locale.ROOT);
    }
}
