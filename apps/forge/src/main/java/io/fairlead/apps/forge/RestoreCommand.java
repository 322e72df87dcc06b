package io.fairlead.apps.forge;

import io.fairlead.base.error.FairleadException;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.CommandFailure;
import io.fairlead.cli.output.ExitCode;
import io.fairlead.forge.backup.Progress;
import io.fairlead.forge.backup.Restore;
import io.fairlead.store.migration.Migration;
import io.fairlead.store.migration.Migrator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fairlead restore}. */
@Command(
        name = "restore",
        description = {
            "Makes a data folder of a backup; a server started with it goes on where the backup was taken.",
            "Every file is compared with its checksum; what is cut off or changed is refused, and nothing is left."
        })
public final class RestoreCommand implements Callable<Integer> {
    @Option(names = "--from", paramLabel = "FILE", required = true, description = "What \"fairlead backup\" wrote.")
    private Path from = Path.of("");

    @Option(
            names = {"--data-dir", "--data"},
            paramLabel = "FOLDER",
            required = true,
            description = "The data folder to make; must be empty or not there.")
    private Path dataDir = Path.of("");

    private final CommandContext context;

    public RestoreCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        Path archive = from.toAbsolutePath().normalize();
        Path data = dataDir.toAbsolutePath().normalize();
        if (!Files.isRegularFile(archive)) {
            throw new CommandFailure(ExitCode.NOT_FOUND, "there is no file " + archive);
        }
        if (Files.exists(data) && !Files.isDirectory(data)) {
            throw new CommandFailure(ExitCode.EXISTS, data + " is a file; name a new or an empty folder");
        }
        int known = Migrator.ALL.stream().mapToInt(Migration::version).max().orElse(0);
        Progress progress = new Progress(text -> context.err().println("fairlead: restore: " + text), context.clock());
        try {
            Restore.Restored restored = new Restore(known, progress).into(archive, data);
            context.out()
                    .println(data + ": " + restored.files() + " files, " + restored.repositories()
                            + " repositories; start a server with --data-dir " + data);
            return ExitCode.OK.number();
        } catch (FairleadException e) {
            boolean there = e.code().equals("restore.not-empty") || e.code().equals("restore.in-use");
            throw new CommandFailure(there ? ExitCode.EXISTS : ExitCode.FAILED, String.valueOf(e.getMessage()), e);
        } catch (IOException | UncheckedIOException e) {
            throw FileFailures.of("nothing was restored", e);
        }
    }
}
