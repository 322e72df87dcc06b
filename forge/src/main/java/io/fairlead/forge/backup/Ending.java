package io.fairlead.forge.backup;

import java.util.List;

/**
 * The last entry but one.
 *
 * @param leftOut repositories of which a part stands in the archive, since their projects were deleted meanwhile
 */
record Ending(List<String> leftOut) {
    static final String ENTRY = "fairlead-backup-end.json";
    static final int BYTES_MAX = 16 << 20;
}
