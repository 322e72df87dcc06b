package io.fairlead.forge.imports;

import java.util.Locale;
import java.util.Optional;

/**
 * How far a project's import has come.
 *
 * @param url where it comes from, without name and password
 * @param error why it failed, for those who may see the project
 */
public record ProjectImport(long projectId, String url, Status status, Optional<String> error) {
    /** GitLab's. */
    public enum Status {
        SCHEDULED,
        STARTED,
        FINISHED,
        FAILED;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
