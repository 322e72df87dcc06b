package io.fairlead.forge.protection;

import io.fairlead.forge.api.ApiError;
import java.util.List;

/** What the names of protections must be, and how much of them there may be. */
final class ProtectionNames {
    /** More would make each push slow; patterns cover any number of branches. */
    private static final int EACH_PROJECT_MAX = 500;

    private ProtectionNames() {}

    static String check(String name) {
        if (name.length() > ProtectedRef.NAME_LENGTH_MAX || name.chars().anyMatch(Character::isISOControl)) {
            throw ApiError.invalid("name", "is too long (maximum is " + ProtectedRef.NAME_LENGTH_MAX + " characters)");
        }
        return name;
    }

    static void refuseAbove(List<ProtectedRef> present) {
        if (present.size() >= EACH_PROJECT_MAX) {
            throw ApiError.invalid("base", "a project can have at most " + EACH_PROJECT_MAX + " of them");
        }
    }

    static ApiError absent() {
        return ApiError.message(404, "404 Not found");
    }
}
