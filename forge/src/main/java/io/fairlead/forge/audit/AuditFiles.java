package io.fairlead.forge.audit;

import io.fairlead.base.lifecycle.Stage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Records in files that only grow, numbered in order, each begun when the one before is full; the oldest goes when all together are
 * too large or it is too old. A crash of the machine may take the last seconds with it: nothing waits for the disk here.
 */
public final class AuditFiles implements Stage {
    /** A place in the records: what comes after it is new. */
    record Place(long file, long at) {
        static Optional<Place> parse(String text) {
            String[] parts = text.split(":", -1);
            boolean numbers = parts.length == 2 && Stream.of(parts).allMatch(part -> part.matches("[0-9]{1,18}"));
            return numbers
                    ? Optional.of(new Place(Long.parseLong(parts[0]), Long.parseLong(parts[1])))
                    : Optional.empty();
        }

        @Override
        public String toString() {
            return file + ":" + at;
        }
    }

    /** @param end where to go on */
    record Found(List<String> lines, Place end) {}

    private static final String SUFFIX = ".jsonl";
    private static final int BLOCK_BYTES = 64 * 1024;

    private final Path folder;
    private final AuditBounds bounds;
    private final InstantSource clock;
    private @Nullable FileChannel open;
    private long number;
    private long size;

    public AuditFiles(Path folder, AuditBounds bounds, InstantSource clock) {
        this.folder = folder;
        this.bounds = bounds;
        this.clock = clock;
    }

    @Override
    public synchronized void start() throws IOException {
        Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        number = numbers().stream().mapToLong(Long::longValue).max().orElse(0);
        next();
    }

    @Override
    public synchronized void close() throws IOException {
        if (open != null) {
            open.close();
            open = null;
        }
    }

    /** Adds whole lines. */
    synchronized void append(byte[] lines) throws IOException {
        if (size > 0 && size + lines.length > bounds.fileBytes()) {
            next();
        }
        FileChannel channel = open;
        if (channel == null) {
            throw new IOException("the forge is stopping");
        }
        ByteBuffer bytes = ByteBuffer.wrap(lines);
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            // Half a line, as of a full disk, would spoil the next one.
            channel.truncate(size);
            throw e;
        }
        size += lines.length;
    }

    /** Begins a new file: also after a crash, which may have left half a line. */
    private void next() throws IOException {
        close();
        number++;
        open = FileChannel.open(
                file(number),
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        size = 0;
        tidy();
    }

    private void tidy() throws IOException {
        List<Long> all = numbers();
        long bytes = bounds.fileBytes();
        for (long each : all.reversed()) {
            Path file = file(each);
            bytes += Files.size(file);
            Instant written = Files.getLastModifiedTime(file).toInstant();
            boolean old = written.isBefore(clock.instant().minus(bounds.ageMax()));
            if (each != number && (old || bytes > bounds.bytesMax() || Files.size(file) == 0)) {
                Files.delete(file);
            }
        }
    }

    /** The newest {@code max} that match, in the order they came. */
    Found last(AuditFilter filter, int max) throws IOException {
        Place end = end();
        Deque<String> found = new ArrayDeque<>();
        for (long each : numbers().reversed()) {
            Path file = file(each);
            if (found.size() >= max || tooOld(file, filter)) {
                break;
            }
            Deque<String> here = new ArrayDeque<>();
            read(new Place(each, 0), each == end.file ? end.at : Long.MAX_VALUE, line -> {
                if (filter.matches(line)) {
                    here.addLast(line);
                    if (here.size() > max) {
                        here.removeFirst();
                    }
                }
                return true;
            });
            while (found.size() < max && !here.isEmpty()) {
                found.addFirst(here.removeLast());
            }
        }
        return new Found(List.copyOf(found), end);
    }

    private static boolean tooOld(Path file, AuditFilter filter) throws IOException {
        if (filter.since().isEmpty() || !Files.exists(file)) {
            return false;
        }
        return Files.getLastModifiedTime(file)
                .toInstant()
                .isBefore(filter.since().get());
    }

    /** The first {@code max} after a place that match. */
    Found after(Place place, AuditFilter filter, int max) throws IOException {
        Place end = end();
        List<String> found = new ArrayList<>();
        Place reached = place;
        for (long each : numbers()) {
            if (each < place.file || each > end.file || found.size() >= max) {
                continue;
            }
            Place from = new Place(each, each == place.file ? place.at : 0);
            reached = read(from, each == end.file ? end.at : Long.MAX_VALUE, line -> {
                if (filter.matches(line)) {
                    found.add(line);
                }
                return found.size() < max;
            });
        }
        return new Found(List.copyOf(found), reached);
    }

    private synchronized Place end() {
        return new Place(number, size);
    }

    private interface Reader {
        /** Whether to go on. */
        boolean line(String line);
    }

    /** Reads whole lines from a place on; where the first that was not read begins. */
    private Place read(Place from, long until, Reader reader) throws IOException {
        long at = from.at;
        try (FileChannel channel = FileChannel.open(file(from.file), StandardOpenOption.READ)) {
            ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
            ByteArrayOutputStream begun = new ByteArrayOutputStream();
            for (long next = at; next < until && channel.read(block.clear(), next) > 0; next += block.limit()) {
                block.flip();
                block.limit((int) Math.min(block.limit(), until - next));
                int lineAt = 0;
                for (int i = 0; i < block.limit(); i++) {
                    if (block.get(i) != '\n') {
                        continue;
                    }
                    begun.write(block.array(), lineAt, i - lineAt);
                    lineAt = i + 1;
                    at = next + lineAt;
                    if (!reader.line(begun.toString(StandardCharsets.US_ASCII))) {
                        return new Place(from.file, at);
                    }
                    begun.reset();
                }
                begun.write(block.array(), lineAt, block.limit() - lineAt);
            }
        } catch (NoSuchFileException e) {
            // Its time had come meanwhile.
        }
        return new Place(from.file, at);
    }

    private List<Long> numbers() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("[0-9]{10}\\" + SUFFIX))
                    .map(name -> Long.parseLong(name.substring(0, 10)))
                    .sorted()
                    .toList();
        }
    }

    private Path file(long which) {
        return folder.resolve(String.format(java.util.Locale.ROOT, "%010d%s", which, SUFFIX));
    }
}
