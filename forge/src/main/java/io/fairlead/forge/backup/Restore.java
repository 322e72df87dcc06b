package io.fairlead.forge.backup;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.json.Json;
import io.fairlead.forge.instance.DataFolder;
import io.fairlead.forge.instance.FolderLock;
import io.fairlead.forge.tar.TarInput;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes a data folder of a backup. The folder must be empty. While it is filled it holds a file that no server starts
 * beside; what fails leaves it empty again, what is killed leaves that file.
 */
public final class Restore {
    private static final Set<PosixFilePermission> OWNER_FOLDER = PosixFilePermissions.fromString("rwx------");
    private static final int BUFFER = 256 << 10;

    private final int schemaVersionMax;
    private final Progress progress;

    /** What was restored. */
    public record Restored(int repositories, long files) {}

    /** @param schemaVersionMax the newest version of the database that this program knows */
    public Restore(int schemaVersionMax, Progress progress) {
        this.schemaVersionMax = schemaVersionMax;
        this.progress = progress;
    }

    /**
     * Unpacks {@code archive} into {@code data}.
     *
     * @throws FairleadException {@code restore.*} or {@code backup.*}, when nothing was restored
     */
    public Restored into(Path archive, Path data) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(archive), BUFFER)) {
            boolean made = Files.notExists(data);
            Files.createDirectories(data);
            refuseUnlessEmpty(data);
            try (FolderLock _ = FolderLock.tryTake(DataFolder.lockFile(data)).orElseThrow(() -> inUse(data))) {
                Files.setPosixFilePermissions(data, OWNER_FOLDER);
                boolean whole = false;
                try {
                    Restored restored = unpack(archive, in, data);
                    whole = true;
                    return restored;
                } finally {
                    if (!whole) {
                        empty(data);
                    }
                }
            } finally {
                if (made && onlyLock(data)) {
                    DataFiles.remove(data);
                }
            }
        }
    }

    private static void refuseUnlessEmpty(Path data) throws IOException {
        try (Stream<Path> entries = Files.list(data)) {
            if (entries.findAny().isEmpty()) {
                return;
            }
        }
        if (Files.exists(DataFolder.lockFile(data))) {
            try (FolderLock _ = FolderLock.tryTake(DataFolder.lockFile(data)).orElseThrow(() -> inUse(data))) {
                // Nobody uses it: what is there decides.
                if (onlyLock(data)) {
                    return;
                }
            }
        }
        throw new FairleadException(
                "restore.not-empty",
                Files.exists(DataFolder.restoring(data))
                        ? data + " holds a part of a backup whose restore was cut off; empty it first"
                        : data + " is not empty; a backup is restored into an empty or a new folder");
    }

    private static boolean onlyLock(Path data) throws IOException {
        try (Stream<Path> entries = Files.list(data)) {
            return entries.allMatch(entry -> entry.equals(DataFolder.lockFile(data)));
        }
    }

    private static FairleadException inUse(Path data) {
        return new FairleadException(
                "restore.in-use",
                "a server uses " + data + "; a backup is restored into an empty or a new folder, and the server"
                        + " started there");
    }

    private Restored unpack(Path archive, InputStream in, Path data) throws IOException {
        Path marker = DataFolder.restoring(data);
        try (Unpacking unpacking = new Unpacking(data, marker, progress)) {
            TarInput tar = new TarInput(in);
            Header header = header(archive, tar, unpacking);
            Ending ending = everything(tar, unpacking);
            for (String name : ending.leftOut()) {
                DataFiles.remove(unpacking.place(name));
            }
            for (String name : List.of(DataFiles.REPOSITORIES, "secrets")) {
                Files.createDirectories(data.resolve(name), PosixFilePermissions.asFileAttribute(OWNER_FOLDER));
            }
            unpacking.force();
            Files.delete(marker);
            DataFiles.force(data);
            return new Restored(header.repositories() - ending.leftOut().size(), unpacking.files());
        } catch (EOFException e) {
            throw new FairleadException(
                    "restore.cut", archive + " is cut off: it was not copied whole; nothing was restored", e);
        } catch (TarInput.Malformed e) {
            throw new FairleadException(
                    "restore.damaged", archive + " is damaged (" + e.getMessage() + "); nothing was restored", e);
        }
    }

    private Header header(Path archive, TarInput tar, Unpacking unpacking) throws IOException {
        try {
            TarInput.Entry first = tar.next().orElseThrow(() -> new EOFException("empty"));
            if (first.name().equals(Header.ENTRY) && first.size() <= Header.BYTES_MAX) {
                return Header.read(unpacking.text(first, tar), schemaVersionMax);
            }
        } catch (EOFException | TarInput.Malformed e) {
            throw noBackup(archive, e);
        }
        throw noBackup(archive, null);
    }

    /** Not even its beginning is that of a backup. */
    private static FairleadException noBackup(Path archive, @Nullable Exception cause) {
        return new FairleadException(
                "restore.no-backup", archive + " is no backup that \"fairlead backup\" wrote", cause);
    }

    private static Ending everything(TarInput tar, Unpacking unpacking) throws IOException {
        @Nullable Ending ending = null;
        while (true) {
            TarInput.Entry entry = tar.next().orElseThrow(() -> new EOFException("no checksums"));
            if (entry.name().equals(ArchiveWriter.SUMS)) {
                if (ending == null) {
                    throw new FairleadException("restore.damaged", "the archive's end is missing in its middle");
                }
                unpacking.compareSums(tar);
                if (tar.next().isPresent()) {
                    throw new FairleadException("restore.damaged", "the archive goes on after its checksums");
                }
                return ending;
            }
            if (entry.name().equals(Ending.ENTRY) && entry.size() <= Ending.BYTES_MAX) {
                ending = Json.read(unpacking.text(entry, tar), Ending.class);
            } else {
                unpacking.add(entry, tar);
            }
        }
    }

    private static void empty(Path data) throws IOException {
        try (Stream<Path> entries = Files.list(data)) {
            for (Path entry : entries.toList()) {
                if (!entry.equals(DataFolder.lockFile(data))) {
                    DataFiles.remove(entry);
                }
            }
        } catch (NoSuchFileException e) {
            return;
        }
    }
}
