package io.fairlead.cli.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** Folders for what only their owner may look into. */
public final class PrivateFolder {
    private PrivateFolder() {}

    /** Makes the folder and those above that are missing, for their owner alone; one that is there stays as it is. */
    public static void create(@Nullable Path folder) {
        if (folder == null) {
            return;
        }
        try {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.FAILED, "the folder " + folder + " cannot be made: " + e, e);
        }
    }
}
