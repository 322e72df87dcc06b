package io.fairlead.forge.instance;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.ids.RandomIds;
import io.fairlead.base.lifecycle.Stage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The one folder that holds everything: {@code fairlead.db}, unless a server keeps it, {@code repositories/}, {@code secrets/}. Nobody but its owner
 * may enter it, and one process at a time may use it.
 */
public final class DataFolder implements Stage {
    private static final Set<PosixFilePermission> OWNER_FOLDER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OWNER_FILE = PosixFilePermissions.fromString("rw-------");

    private static final String INSTALLATION_FILE = "installation";

    public static final String DATABASE = "fairlead.db";
    public static final String REPOSITORIES = "repositories";
    public static final String AUDIT = "audit";

    private static final String LOCK = "lock";
    private static final String OBJECTS_LOCK = "objects.lock";
    private static final String RESTORING = "restoring";

    /** What belongs to a process or to a restore that goes on now, and means nothing elsewhere. */
    public static final Set<String> PASSING = Set.of(LOCK, OBJECTS_LOCK, RESTORING, "ready.json");

    private final Path root;
    private @Nullable FolderLock lock;

    public DataFolder(Path root) {
        this.root = root.toAbsolutePath();
    }

    /** Makes the folders and takes the lock; {@code data.in-use} when another process has it. */
    @Override
    public void start() throws IOException {
        Files.createDirectories(root);
        Files.setPosixFilePermissions(root, OWNER_FOLDER);
        Files.createDirectories(secrets());
        Files.setPosixFilePermissions(secrets(), OWNER_FOLDER);
        Files.createDirectories(repositories());
        lock = FolderLock.tryTake(lockFile(root))
                .orElseThrow(() -> new FairleadException(
                        "data.in-use",
                        "the data folder " + root
                                + " is used by another process; stop it or choose another --data-dir"));
        if (Files.exists(restoring(root))) {
            close();
            throw new FairleadException(
                    "data.half-restored",
                    "the data folder " + root + " holds a part of a backup whose restore was cut off; empty it and"
                            + " restore again");
        }
    }

    @Override
    public void close() throws IOException {
        if (lock != null) {
            lock.close();
        }
    }

    /** Held by the process that uses the folder. */
    public static Path lockFile(Path root) {
        return root.resolve(LOCK);
    }

    /** Is there while a backup is unpacked into the folder. */
    public static Path restoring(Path root) {
        return root.resolve(RESTORING);
    }

    /** Held by whoever needs that objects of repositories are neither moved together nor deleted, or does just that. */
    public Path objectsLockFile() {
        return root.resolve(OBJECTS_LOCK);
    }

    public Path root() {
        return root;
    }

    public Path database() {
        return root.resolve(DATABASE);
    }

    /** What went through the hub. */
    public Path audit() {
        return root.resolve(AUDIT);
    }

    public Path repositories() {
        return root.resolve(REPOSITORIES);
    }

    /** The name that ties it to its database; none before the first start. */
    Optional<String> installation() throws IOException {
        Path file = root.resolve(INSTALLATION_FILE);
        return Files.exists(file)
                ? Optional.of(Files.readString(file, StandardCharsets.US_ASCII).strip())
                : Optional.empty();
    }

    /** Ties it to the database of this name, whole or not at all. */
    String name(String installation) throws IOException {
        write(root, INSTALLATION_FILE, installation);
        return installation;
    }

    /** Whether something in it belongs to a database: one is here, or a repository. */
    boolean used() throws IOException {
        if (Files.exists(database())) {
            return true;
        }
        try (Stream<Path> inside = Files.list(repositories())) {
            return inside.anyMatch(entry -> !entry.getFileName().toString().startsWith("+"));
        }
    }

    public Path secrets() {
        return root.resolve("secrets");
    }

    /** The file of a secret: kept if it is there, else made of 32 random bytes as Base64. */
    public Path secretFile(String name, RandomIds random) throws IOException {
        return secretFile(name, () -> random.base64Secret(32));
    }

    /** The file of a secret: kept if it is there, else made. */
    public Path secretFile(String name, Supplier<String> make) throws IOException {
        Path file = secrets().resolve(name);
        if (!Files.exists(file)) {
            writeSecret(name, make.get());
        }
        return file;
    }

    /** Writes a secret whole or not at all, readable by the owner alone from its first byte on. */
    public Path writeSecret(String name, String secret) throws IOException {
        return write(secrets(), name, secret);
    }

    private static Path write(Path where, String name, String text) throws IOException {
        Path file = where.resolve(name);
        Path draft = where.resolve(name + ".new");
        Files.deleteIfExists(draft);
        try {
            Files.createFile(draft, PosixFilePermissions.asFileAttribute(OWNER_FILE));
        } catch (FileAlreadyExistsException e) {
            throw new FairleadException("data.in-use", "another process writes to " + where, e);
        }
        Files.writeString(draft, text + "\n", StandardCharsets.US_ASCII, StandardOpenOption.SYNC);
        return Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public String toString() {
        return root.toString();
    }
}
