package io.fairlead.forge.backup;

import io.fairlead.base.digest.Sha256;
import io.fairlead.base.error.FairleadException;
import io.fairlead.forge.tar.TarStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/** Writes the archive: entry after entry, each with its checksum noted, and at its end the list of those. */
final class ArchiveWriter implements AutoCloseable {
    /** The last entry, as {@code sha256sum --check} reads it. */
    static final String SUMS = "SHA256SUMS";

    /** Longer ones are no names of files of ours, in characters. */
    static final int NAME_MAX = 4_096;

    private static final int BUFFER = 256 << 10;
    private static final int FILE_MODE = 0600;
    private static final int FOLDER_MODE = 0700;

    private final FileChannel archive;
    private final OutputStream out;
    private final TarStream tar;
    private final Path sumsFile;
    private final OutputStream sums;
    private final Progress progress;
    private final byte[] buffer = new byte[BUFFER];

    /**
     * @param archive is written to; exists and is empty
     * @param sums holds the checksums meanwhile; is made
     * @param time seconds since 1970 that all files get
     */
    ArchiveWriter(Path archive, Path sums, long time, Progress progress) throws IOException {
        this.archive = FileChannel.open(archive, StandardOpenOption.WRITE);
        this.out = new BufferedOutputStream(Channels.newOutputStream(this.archive), BUFFER);
        this.tar = new TarStream(out, time);
        this.sumsFile = sums;
        this.sums = new BufferedOutputStream(Files.newOutputStream(sums, StandardOpenOption.CREATE_NEW));
        this.progress = progress;
    }

    void folder(String name) throws IOException {
        tar.folder(checked(name), FOLDER_MODE);
    }

    void text(String name, String text) throws IOException {
        bytes(name, text.getBytes(StandardCharsets.UTF_8));
    }

    void bytes(String name, byte[] content) throws IOException {
        tar.begin(checked(name), FILE_MODE, content.length);
        out.write(content);
        tar.end(content.length);
        note(name, Sha256.of(content));
        progress.file();
        progress.bytes(content.length);
    }

    /** Adds a file that grows no more. */
    void file(String name, Path file) throws IOException {
        MessageDigest digest = Sha256.begin();
        try (FileChannel channel = FileChannel.open(file)) {
            long size = channel.size();
            tar.begin(checked(name), FILE_MODE, size);
            copy(channel, size, file, digest);
            tar.end(size);
        }
        note(name, Sha256.text(digest));
        progress.file();
    }

    private void copy(FileChannel from, long size, Path file, MessageDigest digest) throws IOException {
        long left = size;
        while (left > 0) {
            int count = from.read(ByteBuffer.wrap(buffer, 0, (int) Math.min(buffer.length, left)));
            if (count < 0) {
                throw new FairleadException(
                        "backup.changed", file + " became shorter while it was read; take the backup again");
            }
            digest.update(buffer, 0, count);
            out.write(buffer, 0, count);
            progress.bytes(count);
            left -= count;
        }
    }

    private void note(String name, String sum) throws IOException {
        sums.write((sum + "  " + name + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Only names that a list of checksums can hold line by line. */
    private static String checked(String name) {
        if (name.length() > NAME_MAX || name.chars().anyMatch(c -> c < ' ' || c == '\\' || c == 127)) {
            throw new FairleadException(
                    "backup.name", "\"" + name + "\" has a name that a backup cannot hold; rename or remove that file");
        }
        return name;
    }

    /** Adds the checksums and has all of it on disk; returns the archive's size in bytes. */
    long finish() throws IOException {
        sums.close();
        try (InputStream in = Files.newInputStream(sumsFile)) {
            long size = Files.size(sumsFile);
            tar.begin(SUMS, FILE_MODE, size);
            in.transferTo(out);
            tar.end(size);
        }
        tar.finish();
        archive.force(true);
        return archive.size();
    }

    @Override
    public void close() throws IOException {
        sums.close();
        archive.close();
    }
}
