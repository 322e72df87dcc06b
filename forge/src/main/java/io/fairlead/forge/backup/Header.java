package io.fairlead.forge.backup;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.json.Json;

/**
 * The first entry of a backup, by which one is known.
 *
 * @param format of the archive; {@link #FORMAT} is the only one yet
 * @param program that wrote it
 * @param createdAt ISO-8601, UTC
 * @param schemaVersion of the database in it; 0 when there is none in it
 * @param repositories how many it was going to hold
 */
record Header(int format, String program, String createdAt, int schemaVersion, int repositories) {
    static final String ENTRY = "fairlead-backup.json";
    static final int FORMAT = 1;
    static final int BYTES_MAX = 4_096;

    String text() {
        return Json.writePretty(this) + "\n";
    }

    /** @throws FairleadException when this is not the header of a backup that this program can read */
    static Header read(String text, int schemaVersionMax) {
        Header header = Json.read(text, Header.class);
        if (header.format() != FORMAT) {
            throw new FairleadException(
                    "backup.newer-format",
                    "the backup has format " + header.format() + " and this program reads format " + FORMAT
                            + "; restore it with the program that wrote it, " + header.program());
        }
        if (header.schemaVersion() > schemaVersionMax) {
            throw new FairleadException(
                    "backup.newer",
                    "the backup's database has version " + header.schemaVersion()
                            + " and this program knows versions up to " + schemaVersionMax
                            + "; restore it with the program that wrote it, " + header.program() + ", or a newer one");
        }
        return header;
    }
}
