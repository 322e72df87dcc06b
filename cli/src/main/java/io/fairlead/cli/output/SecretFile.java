package io.fairlead.cli.output;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Reads and writes files that hold a secret; {@code -} stands for standard input or output. */
public final class SecretFile {
    /** A secret longer than this is another file by mistake, in bytes. */
    private static final int BYTES_MAX = 16 * 1024;

    private SecretFile() {}

    /** The secret in {@code name}, without white space around it. */
    public static String read(String name, CommandContext context) {
        try {
            byte[] bytes = name.equals("-")
                    ? context.in().readNBytes(BYTES_MAX)
                    : Files.size(Path.of(name)) > BYTES_MAX ? new byte[0] : Files.readAllBytes(Path.of(name));
            String secret = new String(bytes, StandardCharsets.UTF_8).strip();
            if (secret.isEmpty()) {
                throw new CommandFailure(ExitCode.USAGE, "there is no token in " + shown(name, "input"));
            }
            return secret;
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.USAGE, "the token cannot be read from " + shown(name, "input"), e);
        }
    }

    /** Refuses early, before anything was created for a file that cannot be written. */
    public static void checkWritable(String name, boolean replace) {
        if (name.equals("-")) {
            return;
        }
        Path file = Path.of(name).toAbsolutePath();
        Path folder = file.getParent();
        if (folder == null || Files.isDirectory(file)) {
            throw new CommandFailure(ExitCode.USAGE, name + " is a folder; name a file");
        }
        if (!Files.isDirectory(folder)) {
            throw new CommandFailure(ExitCode.USAGE, name + " cannot be written: there is no folder " + folder);
        }
        if (!Files.isWritable(folder)) {
            throw new CommandFailure(
                    ExitCode.USAGE, name + " cannot be written: the folder " + folder + " is not yours to write to");
        }
        if (!replace && Files.exists(file)) {
            throw exists(name);
        }
    }

    /** Writes {@code text} so that only its owner can read it. An existing file is kept unless {@code replace}. */
    public static void write(String name, String text, boolean replace, CommandContext context) {
        if (name.equals("-")) {
            context.out().print(text);
            return;
        }
        Path file = Path.of(name).toAbsolutePath();
        Path whole = file.resolveSibling(file.getFileName() + ".new");
        try {
            checkWritable(name, replace);
            Files.deleteIfExists(whole);
            var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            Set<StandardOpenOption> fresh = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            try (var channel = Files.newByteChannel(whole, fresh, owner);
                    OutputStream out = java.nio.channels.Channels.newOutputStream(channel)) {
                out.write(text.getBytes(StandardCharsets.UTF_8));
            }
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.FAILED, name + " cannot be written: " + e, e);
        }
    }

    private static CommandFailure exists(String name) {
        return new CommandFailure(
                ExitCode.EXISTS, name + " exists already; name another file, or replace it with --overwrite");
    }

    private static String shown(String name, String direction) {
        return name.equals("-") ? "standard " + direction : name;
    }
}
