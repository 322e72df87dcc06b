package io.fairlead.forge.backup;

import io.fairlead.base.digest.Sha256;
import io.fairlead.base.error.FairleadException;
import io.fairlead.forge.instance.DataFolder;
import io.fairlead.forge.tar.TarInput;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;

/** Puts entries of a backup where they belong, and nowhere else, and remembers the checksum of each. */
final class Unpacking implements AutoCloseable {
    private static final FileAttribute<?> OWNER_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<?> OWNER_FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path data;
    private final Path sumsFile;
    private final OutputStream sums;
    private final Progress progress;
    private long files;

    /** @param sumsFile where the checksums are kept; is made */
    Unpacking(Path data, Path sumsFile, Progress progress) throws IOException {
        this.data = data;
        this.sumsFile = sumsFile;
        this.sums = new BufferedOutputStream(Files.newOutputStream(sumsFile, StandardOpenOption.CREATE_NEW));
        this.progress = progress;
        DataFiles.force(data);
    }

    long files() {
        return files;
    }

    /** The content of a small entry that is no file of the data folder. */
    String text(TarInput.Entry entry, TarInput tar) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        tar.copyTo(content);
        note(entry.name(), Sha256.of(content.toByteArray()));
        return content.toString(StandardCharsets.UTF_8);
    }

    void add(TarInput.Entry entry, TarInput tar) throws IOException {
        switch (entry.type()) {
            case '5' -> Files.createDirectories(place(entry.name()), OWNER_FOLDER);
            case '0' -> file(entry, tar);
            default ->
                throw new FairleadException(
                        "restore.damaged",
                        "the archive holds \"" + shown(entry.name())
                                + "\", which is neither file nor folder: it is not as"
                                + " \"fairlead backup\" wrote it");
        }
    }

    private void file(TarInput.Entry entry, TarInput tar) throws IOException {
        Path file = place(entry.name());
        Files.createDirectories(file.getParent(), OWNER_FOLDER);
        MessageDigest digest = Sha256.begin();
        try (OutputStream out = Channels.newOutputStream(Files.newByteChannel(
                file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_FILE))) {
            tar.copyTo(new FilterOutputStream(out) {
                @Override
                public void write(byte[] bytes, int at, int count) throws IOException {
                    digest.update(bytes, at, count);
                    out.write(bytes, at, count);
                    progress.bytes(count);
                }
            });
        } catch (FileAlreadyExistsException e) {
            throw new FairleadException(
                    "restore.damaged", "the archive holds \"" + shown(entry.name()) + "\" twice", e);
        }
        note(entry.name(), Sha256.text(digest));
        files++;
        progress.file();
    }

    /** Where an entry belongs; refuses names that lead out of the folder or that no backup has. */
    Path place(String name) {
        String path = name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
        boolean refused = path.length() > ArchiveWriter.NAME_MAX
                || path.chars().anyMatch(c -> c < ' ' || c == '\\' || c == 127)
                || Arrays.stream(path.split("/", -1))
                        .anyMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."))
                || DataFolder.PASSING.contains(path.split("/", -1)[0]);
        Path place = refused ? data : data.resolve(path).normalize();
        if (refused || !place.startsWith(data) || place.equals(data)) {
            throw new FairleadException(
                    "restore.path",
                    "the archive holds \"" + shown(name) + "\", which belongs nowhere in a data folder: it is not as"
                            + " \"fairlead backup\" wrote it; nothing was restored");
        }
        return place;
    }

    private static String shown(String name) {
        String text = name.replaceAll("\\p{Cntrl}", "?");
        return text.length() > 100 ? text.substring(0, 100) + "…" : text;
    }

    private void note(String name, String sum) throws IOException {
        sums.write((sum + "  " + name + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Compares what was unpacked with the checksums that come next in the archive. */
    void compareSums(TarInput tar) throws IOException {
        sums.flush();
        try (SumsComparison comparison = new SumsComparison(sumsFile)) {
            tar.copyTo(comparison);
            comparison.end();
        }
    }

    /** Has everything that was unpacked on disk. */
    void force() throws IOException {
        try (Stream<Path> tree = Files.walk(data)) {
            for (Path path : (Iterable<Path>) tree::iterator) {
                DataFiles.force(path);
            }
        }
    }

    @Override
    public void close() throws IOException {
        sums.close();
    }
}
