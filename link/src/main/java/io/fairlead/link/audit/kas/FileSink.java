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
            ByteBuffer bytes = ByteBuffer.wrap(lines);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            return Outcome.KEPT;
        } catch (IOException e) {
            failures.warn("audit records could not be written to " + file + ": " + e);
            return Outcome.NOT_NOW;
        }
    }

    private FileChannel channel() throws IOException {
        if (open == null) {
            open = FileChannel.open(
                    file,
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        return open;
    }

    @Override
    public void close() throws IOException {
        if (open != null) {
            open.close();
            open = null;
        }
    }
}
