package io.fairlead.forge.project;

import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.identity.Names;
import io.fairlead.forge.repository.BranchNames;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What the texts of a project may be. */
final class ProjectText {
    private static final int NAME_LENGTH_MAX = 255;
    private static final int DESCRIPTION_LENGTH_MAX = 2000;
    private static final List<String> TAKEN = List.of("has already been taken");

    private ProjectText() {}

    /** @throws ApiError 400 that names every text that breaks a rule */
    static void check(
            Optional<String> name, Optional<String> path, Optional<String> branch, Optional<String> description) {
        Map<String, List<String>> problems = new LinkedHashMap<>();
        if (name.filter(text -> text.isBlank()
                        || text.length() > NAME_LENGTH_MAX
                        || text.chars().anyMatch(Character::isISOControl))
                .isPresent()) {
            problems.put("name", List.of("must have 1 to " + NAME_LENGTH_MAX + " printable characters"));
        }
        if (path.filter(text -> !Names.part(text)).isPresent()) {
            problems.put(
                    "path",
                    List.of(
                            "can contain only letters, digits, '_', '-' and '.'. Cannot start with '-', end in '.git' or"
                                    + " end in '.atom'"));
        }
        if (branch.filter(text -> !BranchNames.valid(text)).isPresent()) {
            problems.put("default_branch", List.of("is not a valid branch name"));
        }
        if (description.filter(text -> text.length() > DESCRIPTION_LENGTH_MAX).isPresent()) {
            problems.put("description", List.of("is too long (maximum is " + DESCRIPTION_LENGTH_MAX + " characters)"));
        }
        if (!problems.isEmpty()) {
            throw ApiError.invalid(problems);
        }
    }

    /** Clients look for the name as well as for the path. */
    static ApiError taken() {
        return ApiError.invalid(Map.of("name", TAKEN, "path", TAKEN, "project_namespace.name", TAKEN));
    }

    /** As GitLab derives it: blanks and other signs become one dash. */
    static String pathOf(String name) {
        return name.strip()
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9_.-]+", "-")
                .replaceAll("^[-.]+|[-.]+$", "");
    }
}
