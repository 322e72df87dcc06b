package io.fairlead.forge.backup;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.json.Json;
import io.fairlead.base.time.Deadline;
import io.fairlead.base.version.Version;
import io.fairlead.forge.instance.DataFolder;
import io.fairlead.forge.instance.FolderLock;
import io.fairlead.forge.repository.Repositories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Writes a data folder into one file while the server that uses the folder goes on.
 *
 * <p>The database comes first, as it is at one moment; then the secrets, which are only ever added; then the repositories of
 * the projects that the copied database knows. So each repository is as old as the database or newer. The other way round
 * the database could know projects whose repository is not there. Repositories of projects that came later are not taken:
 * ids would be given out again, and a new project would begin with what somebody else pushed. What the database says about
 * references it says by name, so one that has moved on since is no contradiction.
 *
 * <p>Nothing is at the target's place before all of it is on disk.
 */
public final class Backup {
    private static final Set<PosixFilePermission> OWNER_FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OWNER_FOLDER = PosixFilePermissions.fromString("rwx------");
    private static final Duration COLLECTION_MAX = Duration.ofMinutes(30);

    private final DataFolder folder;
    private final Optional<DatabaseSnapshot> database;
    private final Progress progress;
    private final InstantSource clock;

    /**
     * What was written.
     *
     * @param bytes the archive's size
     * @param repositories how many are whole in it
     * @param leftOut how many are not in it, since their projects were deleted meanwhile
     */
    public record Written(Path archive, long bytes, int repositories, int leftOut) {}

    /** @param database none: repositories and secrets only, with whatever repositories are there */
    public Backup(DataFolder folder, Optional<DatabaseSnapshot> database, Progress progress, InstantSource clock) {
        this.folder = folder;
        this.database = database;
        this.progress = progress;
        this.clock = clock;
    }

    /**
     * Takes the backup.
     *
     * @param staging an empty folder beside {@code target} that only its owner may enter; the caller removes it
     * @param target the archive; one that is there is replaced
     */
    public Written write(Path staging, Path target) throws IOException, InterruptedException {
        try (FolderLock _ = keepObjects()) {
            Path copy = createPrivate(staging.resolve(DataFiles.DATABASE));
            DatabaseSnapshot.Taken taken =
                    database.map(source -> source.take(copy)).orElse(new DatabaseSnapshot.Taken(0, List.of()));
            List<String> repositories = database.isPresent() ? named(taken.projects()) : DataFiles.repositories(folder);
            Path draft = createPrivate(staging.resolve("archive"));
            try (ArchiveWriter archive = new ArchiveWriter(
                    draft, staging.resolve("sums"), clock.instant().getEpochSecond(), progress)) {
                archive.text(
                        Header.ENTRY,
                        new Header(
                                        Header.FORMAT,
                                        "fairlead " + Version.current(),
                                        clock.instant().toString(),
                                        taken.schemaVersion(),
                                        repositories.size())
                                .text());
                if (database.isPresent()) {
                    archive.file(DataFiles.DATABASE, copy);
                }
                for (Path file : DataFiles.others(folder)) {
                    archive.file(folder.root().relativize(file).toString(), file);
                }
                List<String> leftOut = repositories(archive, repositories);
                archive.text(Ending.ENTRY, Json.write(new Ending(leftOut)) + "\n");
                long bytes = archive.finish();
                Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                DataFiles.force(target.resolve("..").normalize());
                return new Written(target, bytes, repositories.size() - leftOut.size(), leftOut.size());
            }
        }
    }

    private List<String> repositories(ArchiveWriter archive, List<String> names) throws IOException {
        RepositoryCopy copy = new RepositoryCopy(archive);
        List<String> leftOut = new ArrayList<>();
        for (String name : names) {
            if (!copy.add(folder.repositories().resolve(name), DataFiles.REPOSITORIES + "/" + name)) {
                leftOut.add(DataFiles.REPOSITORIES + "/" + name);
            }
        }
        return leftOut;
    }

    private static List<String> named(List<Long> projects) {
        return projects.stream().map(Repositories::relativePath).toList();
    }

    /** Keeps objects from being collected until it is closed; a collection that runs now is waited for. */
    private FolderLock keepObjects() throws IOException, InterruptedException {
        Path file = folder.objectsLockFile();
        Optional<FolderLock> lock = FolderLock.tryTake(file);
        if (lock.isEmpty()) {
            progress.say("waiting for the collection of garbage, or another backup, to end");
        }
        Deadline deadline = Deadline.in(COLLECTION_MAX);
        while (lock.isEmpty() && !deadline.passed()) {
            Deadline.pause(Duration.ofMillis(100));
            lock = FolderLock.tryTake(file);
        }
        return lock.orElseThrow(() -> new FairleadException(
                "backup.in-use",
                "another backup, or the collection of garbage, runs for longer than " + COLLECTION_MAX.toMinutes()
                        + " minutes; try again later"));
    }

    private static Path createPrivate(Path file) throws IOException {
        return Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER_FILE));
    }

    /** A folder for {@link #write}, beside {@code target}. */
    public static Path staging(Path target) throws IOException {
        return Files.createTempDirectory(
                target.toAbsolutePath().resolve("..").normalize(),
                ".fairlead-backup-",
                PosixFilePermissions.asFileAttribute(OWNER_FOLDER));
    }
}
