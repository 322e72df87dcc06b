package io.fairlead.testing.postgresql;

import io.fairlead.testing.process.Command;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.tukaani.xz.XZInputStream;

/**
 * The programs of PostgreSQL, unpacked once for each user of the machine. They lie in the machine's folder for temporary
 * files, because PostgreSQL refuses to run as root and another user cannot enter root's checkout.
 */
record PostgresqlPrograms(Path folder) {
    private static final String ARCHIVE = "/postgres-linux-x86_64.txz";

    /** Debian's user and group for those who own nothing. */
    private static final int NOBODY = 65_534;

    static PostgresqlPrograms unpacked() throws IOException {
        URL archive = Objects.requireNonNull(
                PostgresqlPrograms.class.getResource(ARCHIVE), "PostgreSQL's archive is not on the class path");
        Path temporary = temporary();
        Path folder = temporary.resolve(
                "fairlead-postgresql-" + user() + "-" + archive.openConnection().getContentLengthLong());
        if (!Files.exists(folder)) {
            Path draft = Files.createTempDirectory(temporary, "fairlead-postgresql-");
            Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rwxr-xr-x"));
            unpack(archive, draft);
            try {
                Files.move(draft, folder);
            } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
                // Another test was quicker.
                Command.of("rm", "-rf", draft.toString()).ask();
            }
        }
        refuseForeign(folder);
        return new PostgresqlPrograms(folder);
    }

    static Path temporary() {
        return Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();
    }

    private static String user() {
        return System.getProperty("user.name");
    }

    private static boolean root() {
        return user().equals("root");
    }

    private static void unpack(URL archive, Path into) throws IOException {
        Process tar = Command.of("tar", "-x", "-f", "-", "--no-same-owner", "-C", into.toString())
                .startPiped();
        try (InputStream in = new XZInputStream(archive.openStream());
                OutputStream out = tar.getOutputStream()) {
            in.transferTo(out);
        }
        try {
            if (tar.waitFor() != 0) {
                throw new IOException("tar could not unpack PostgreSQL: "
                        + new String(tar.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while PostgreSQL was unpacked", e);
        }
    }

    /** In a folder that all may write to, somebody else may have been here before. */
    private static void refuseForeign(Path folder) throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS);
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                || !Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).getName().equals(user())
                || permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException(folder + " is somebody else's; remove it");
        }
    }

    /** Makes a folder that the programs may write to. */
    static Path own(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        if (root()) {
            Command.of("chown", NOBODY + ":" + NOBODY, folder.toString()).ask();
        }
        return folder;
    }

    /** One of the programs, as nobody when we are root. */
    Command program(String name, String... arguments) {
        List<String> line = new ArrayList<>();
        if (root()) {
            line.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--"));
        }
        line.add(folder.resolve("bin").resolve(name).toString());
        line.addAll(List.of(arguments));
        return Command.of(line.toArray(String[]::new)).env("LC_ALL", "C");
    }
}
