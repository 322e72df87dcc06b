package io.fairlead.link.audit.kas;

import io.fairlead.base.log.SummedLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Appends records to a file of this machine; when it is full it becomes {@code FILE.1}, and the one before that goes. */
public final class FileSink implements AuditSink {
    private static final Logger log = LoggerFactory.getLogger(FileSink.class);

    /** Longer than any record, in bytes. */
    private static final int LINE_MAX = 128 * 1024;

    private final Path file;
    private final long bytesMax;
    private final SummedLog failures = new SummedLog(log);
    private @Nullable FileChannel open;

    /** @param bytesMax of each of the two files */
    public FileSink(Path file, long bytesMax) {
        this.file = file;
        this.bytesMax = bytesMax;
    }

    @Override
    public Outcome keep(byte[] lines) {
        try {
            FileChannel channel = channel();
            if (channel.size() > 0 && channel.size() + lines.length > bytesMax) {
                close();
                Files.move(file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
                channel = channel();
            }
            append(channel, lines);
            return Outcome.KEPT;
        } catch (IOException e) {
            failures.warn("audit records could not be written to " + file + ": " + e);
            return Outcome.NOT_NOW;
        }
    }

    private static void append(FileChannel channel, byte[] lines) throws IOException {
        long size = channel.size();
        ByteBuffer bytes = ByteBuffer.wrap(lines);
        try {
            for (long at = size; bytes.hasRemaining(); ) {
                at += channel.write(bytes, at);
            }
        } catch (IOException e) {
            // They come again, whole.
            channel.truncate(size);
            throw e;
        }
    }

    private FileChannel channel() throws IOException {
        if (open == null) {
            FileChannel opened = FileChannel.open(
                    file,
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            open = opened;
            cutHalfALine(opened);
        }
        return open;
    }

    /** A crash may have left one, which would spoil the next. */
    private void cutHalfALine(FileChannel channel) throws IOException {
        long size = channel.size();
        long from = Math.max(0, size - LINE_MAX);
        ByteBuffer end = ByteBuffer.allocate((int) (size - from));
        while (end.hasRemaining() && channel.read(end, from + end.position()) >= 0) {
            // The rest of it.
        }
        int whole = end.position();
        while (whole > 0 && end.get(whole - 1) != '\n') {
            whole--;
        }
        if (from + whole < size) {
            channel.truncate(from + whole);
            log.warn(
                    "half a record, of {} bytes, was cut off the end of {}: kas did not end in order",
                    size - from - whole,
                    file);
        }
    }

    @Override
    public void close() throws IOException {
        if (open != null) {
            open.close();
            open = null;
        }
    }
}
