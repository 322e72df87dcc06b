package io.fairlead.cli.kubectl;

import io.fairlead.base.env.Environment;
import io.fairlead.base.time.Deadline;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.CommandFailure;
import io.fairlead.cli.output.ExitCode;
import io.fairlead.cli.output.PrivateFolder;
import io.fairlead.cli.output.SecretFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Credentials between one kubectl and the next, in the user's cache folder, for their owner alone. However many ask at once,
 * one fetches and the others wait for it.
 */
final class CredentialCache {
    /** Longer than the server is waited for. */
    private static final Duration WAIT_MAX = Duration.ofSeconds(70);

    private static final Duration POLL = Duration.ofMillis(30);
    private static final long FILE_BYTES_MAX = 16 * 1024;
    /** Files that nobody needs any more are removed so long after they were written. */
    private static final Duration FILE_LIFE = Duration.ofDays(1);

    private final Path folder;
    private final CommandContext context;

    CredentialCache(Path folder, CommandContext context) {
        this.folder = folder;
        this.context = context;
    }

    /** {@code fairlead/credentials} below the XDG cache folder. */
    static CredentialCache of(CommandContext context) {
        Environment environment = context.environment();
        Path cache = environment
                .value("XDG_CACHE_HOME")
                .map(Path::of)
                .orElseGet(() -> Path.of(environment.value("HOME").orElse("."), ".cache"));
        return new CredentialCache(cache.resolve("fairlead").resolve("credentials"), context);
    }

    /**
     * The credential of this name, fetched if there is none that lasts. When that fails because nobody answers, the old one
     * serves until its end.
     */
    ClusterCredential credential(String name, Supplier<ClusterCredential> fetch) {
        Optional<ClusterCredential> lasting = read(name).filter(this::lasts);
        if (lasting.isPresent()) {
            return lasting.get();
        }
        PrivateFolder.create(folder);
        try (FileChannel channel = open(folder.resolve(name + ".lock"));
                FileLock _ = lock(channel)) {
            Optional<ClusterCredential> old = read(name);
            if (old.filter(this::lasts).isPresent()) {
                return old.get();
            }
            ClusterCredential fresh = fetched(old, fetch);
            SecretFile.write(folder.resolve(name + ".json").toString(), fresh.stored(), true, context);
            removeOld();
            return fresh;
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.FAILED, "credentials cannot be kept in " + folder + ": " + e, e);
        }
    }

    private ClusterCredential fetched(Optional<ClusterCredential> old, Supplier<ClusterCredential> fetch) {
        try {
            return fetch.get();
        } catch (CommandFailure e) {
            boolean good = old.filter(one -> context.clock().instant().isBefore(one.end()))
                    .isPresent();
            if (good && e.exitCode() == ExitCode.UNREACHABLE) {
                return old.get();
            }
            throw e;
        }
    }

    private boolean lasts(ClusterCredential one) {
        return context.clock().instant().isBefore(one.renewal());
    }

    private Optional<ClusterCredential> read(String name) {
        Path file = folder.resolve(name + ".json");
        try {
            return Files.exists(file) && Files.size(file) <= FILE_BYTES_MAX
                    ? ClusterCredential.read(Files.readString(file))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    /** Nothing when whoever holds it does not let go: fetching twice is better than not at all. */
    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        Deadline deadline = Deadline.in(WAIT_MAX);
        while (!deadline.passed()) {
            FileLock lock = tryLock(channel);
            if (lock != null) {
                return lock;
            }
            try {
                Deadline.pause(POLL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CommandFailure(ExitCode.FAILED, "interrupted while waiting for a credential", e);
            }
        }
        return null;
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private void removeOld() throws IOException {
        Instant oldest = context.clock().instant().minus(FILE_LIFE);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.json")) {
            for (Path file : files) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(oldest)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
