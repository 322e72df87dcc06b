package io.fairlead.forge.backup;

import java.nio.file.Path;
import java.util.List;

/** Copies the database of one moment while others write to it. */
public interface DatabaseSnapshot {
    /**
     * What was copied.
     *
     * @param schemaVersion of the tables
     * @param projects ids of all projects in the copy
     */
    record Taken(int schemaVersion, List<Long> projects) {}

    /** Writes the copy to {@code file}, which must be empty or absent; it is one file with nothing beside it. */
    Taken take(Path file);
}
