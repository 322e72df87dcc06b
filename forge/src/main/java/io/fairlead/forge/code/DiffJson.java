package io.fairlead.forge.code;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fairlead.forge.repository.DiffReader;

/** How one file changed, as the API shows it. */
record DiffJson(
        String diff,
        boolean collapsed,
        boolean tooLarge,
        String newPath,
        String oldPath,
        @JsonProperty("a_mode") String oldMode,
        @JsonProperty("b_mode") String newMode,
        boolean newFile,
        boolean renamedFile,
        boolean deletedFile,
        boolean generatedFile) {
    static DiffJson of(DiffReader.FileDiff diff, boolean withHeader) {
        String header = "--- " + (diff.added() ? "/dev/null" : "a/" + diff.oldPath()) + "\n+++ "
                + (diff.deleted() ? "/dev/null" : "b/" + diff.newPath()) + "\n";
        return new DiffJson(
                withHeader && diff.patch().startsWith("@@") ? header + diff.patch() : diff.patch(),
                diff.collapsed(),
                diff.tooLarge(),
                diff.newPath(),
                diff.oldPath(),
                diff.oldMode(),
                diff.newMode(),
                diff.added(),
                diff.renamed(),
                diff.deleted(),
                false);
    }
}
