package io.fairlead.apps.forge;

import io.fairlead.base.error.FairleadException;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.CommandFailure;
import io.fairlead.cli.output.ExitCode;
import io.fairlead.cli.output.OutputOptions;
import io.fairlead.forge.backup.Backup;
import io.fairlead.forge.backup.DataFiles;
import io.fairlead.forge.backup.Progress;
import io.fairlead.forge.instance.DataFolder;
import io.fairlead.store.sqlite.SqliteSnapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fairlead backup}. */
@Command(
        name = "backup",
        description = {
            "Writes everything a server keeps into one file: database, repositories, secrets, certificates.",
            "The server may run meanwhile. The file holds secrets and is readable by you alone; keep it so."
        })
public final class BackupCommand implements Callable<Integer> {
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("'fairlead-'yyyyMMdd'T'HHmmss'Z.tar'").withZone(ZoneOffset.UTC);

    @Option(
            names = {"--data-dir", "--data"},
            paramLabel = "FOLDER",
            description = "The server's data folder (FAIRLEAD_DATA_DIR).")
    private Optional<Path> dataDir = Optional.empty();

    @Option(
            names = "--to",
            paramLabel = "FILE|FOLDER",
            required = true,
            description = "Where the backup is written: a new file, or a folder in which it gets a name with the time.")
    private Path to = Path.of("");

    @Option(names = "--overwrite", description = "Replace the file if it exists, once the new one is whole.")
    private boolean overwrite;

    @Option(
            names = "--without-database",
            description = "Repositories, secrets and certificates only: for a server whose database is PostgreSQL. Take"
                    + " this first, and pg_dump after it.")
    private boolean withoutDatabase;

    @Mixin
    private OutputOptions output = new OutputOptions();

    private final CommandContext context;

    public BackupCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws InterruptedException {
        Path data = dataDir.orElseGet(() -> io.fairlead.cli.forge.DataFolder.of(context.environment()))
                .toAbsolutePath()
                .normalize();
        Path target = target(data);
        try {
            Backup.Written written = write(new DataFolder(data), target);
            Map<String, Object> members = new LinkedHashMap<>();
            members.put("file", written.archive().toString());
            members.put("bytes", written.bytes());
            members.put("repositories", written.repositories());
            members.put("left_out", written.leftOut());
            output.print(
                    context.out(),
                    members,
                    written.archive() + ": " + Progress.megabytes(written.bytes()) + ", " + written.repositories()
                            + " repositories"
                            + (written.leftOut() == 0
                                    ? ""
                                    : ", " + written.leftOut() + " not there: deleted meanwhile, or still being made"));
            context.err().println("fairlead: the backup holds secrets: whoever reads it can be anybody on the server");
            return ExitCode.OK.number();
        } catch (IOException | UncheckedIOException e) {
            throw FileFailures.of("no backup was written", e);
        }
    }

    private Backup.Written write(DataFolder data, Path target) throws IOException, InterruptedException {
        if (!withoutDatabase && Files.notExists(data.database())) {
            throw new CommandFailure(
                    ExitCode.NOT_FOUND,
                    "there is no database " + data.database() + ": name the server's data folder with --data-dir; where"
                            + " the database is PostgreSQL, use --without-database here and pg_dump for it");
        }
        Progress progress = new Progress(text -> context.err().println("fairlead: backup: " + text), context.clock());
        Backup backup = new Backup(
                data,
                withoutDatabase ? Optional.empty() : Optional.of(new SqliteSnapshot(data.database())),
                progress,
                context.clock());
        Path staging = Backup.staging(target);
        // Told to stop, it leaves nothing behind either.
        Thread removal = Thread.ofPlatform().unstarted(() -> removeQuietly(staging));
        Runtime.getRuntime().addShutdownHook(removal);
        try {
            return backup.write(staging, target);
        } finally {
            DataFiles.remove(staging);
            Runtime.getRuntime().removeShutdownHook(removal);
        }
    }

    private static void removeQuietly(Path staging) {
        try {
            DataFiles.remove(staging);
        } catch (IOException | UncheckedIOException e) {
            // The process ends; what is left is named .fairlead-backup-… and was never a backup.
            return;
        }
    }

    private Path target(Path data) {
        Path file = to.toAbsolutePath().normalize();
        if (Files.isDirectory(file)) {
            file = file.resolve(NAME.format(context.clock().instant()));
        }
        Path parent = file.getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw new CommandFailure(ExitCode.NOT_FOUND, "there is no folder " + parent + " to write the backup into");
        }
        if (inside(parent, data)) {
            throw new CommandFailure(
                    ExitCode.USAGE, "a backup cannot lie in the data folder " + data + " itself; choose another --to");
        }
        if (Files.exists(file) && !overwrite) {
            throw new CommandFailure(
                    ExitCode.EXISTS, file + " exists already; name another file, or replace it with --overwrite");
        }
        return file;
    }

    private static boolean inside(Path folder, Path data) {
        try {
            return Files.exists(data) && folder.toRealPath().startsWith(data.toRealPath());
        } catch (IOException e) {
            throw new FairleadException("backup.unreadable", data + " cannot be read: " + e, e);
        }
    }
}
