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
import java.time.Duration;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records in files that only grow, numbered in order, each begun when the one before is full or a day old; the oldest goes when all
 * together are too large or it is too old. What comes twice is kept once. A crash of the machine may take the last seconds with it: nothing waits for the disk here.
 */
public final class AuditFiles implements Stage {
    private static final Logger log = LoggerFactory.getLogger(AuditFiles.class);

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

    /**
     * @param end where to go on
     * @param searchedSince the time of the oldest record that was looked at; absent when all were
     */
    record Found(List<String> lines, Place end, Optional<String> searchedSince) {}

    /** Of one question, in bytes: a moment's work, however much there is. */
    static final long SEARCHED_MAX = 64L << 20;

    /** The age of records counts in these: a file has those of one at most. */
    private static final Duration FILE_TIME_MAX = Duration.ofDays(1);

    private static final String SUFFIX = ".jsonl";
    private static final int BLOCK_BYTES = 64 * 1024;

    private final Path folder;
    private final AuditBounds bounds;
    private final InstantSource clock;
    private final long searchedMax;
    private final SeenRecords seen = new SeenRecords();
    private @Nullable FileChannel open;
    private long number;
    private long size;
    private Instant begun = Instant.EPOCH;

    public AuditFiles(Path folder, AuditBounds bounds, InstantSource clock) {
        this(folder, bounds, clock, SEARCHED_MAX);
    }

    AuditFiles(Path folder, AuditBounds bounds, InstantSource clock, long searchedMax) {
        this.searchedMax = searchedMax;
        this.folder = folder;
        this.bounds = bounds;
        this.clock = clock;
    }

    @Override
    public synchronized void start() throws IOException {
        Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        number = numbers().stream().mapToLong(Long::longValue).max().orElse(0);
        if (number > 0) {
            remember(number);
        }
        next();
    }

    @Override
    public synchronized void close() throws IOException {
        if (open != null) {
            open.close();
            open = null;
        }
    }

    /** What kas brought last may have been answered by nobody, and come again. */
    private void remember(long last) throws IOException {
        long length = Files.size(file(last));
        Place end = read(new Place(last, 0), Long.MAX_VALUE, line -> {
            seen.saw(line);
            return true;
        });
        if (end.at < length) {
            log.warn(
                    "{} ends with half a record, of {} bytes: the forge did not end in order",
                    file(last),
                    length - end.at);
        }
    }

    /** Adds whole lines, those that have not come before. */
    synchronized void append(byte[] all) throws IOException {
        byte[] lines = seen.fresh(all);
        if (lines.length == 0) {
            return;
        }
        turn();
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
        seen.kept(lines);
    }

    /** Whatever is too old goes, also while nothing comes. */
    synchronized void turn() throws IOException {
        if (open != null && clock.instant().isAfter(begun.plus(FILE_TIME_MAX))) {
            next();
        }
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
        begun = clock.instant();
        tidy();
    }

    private void tidy() throws IOException {
        List<Long> all = numbers();
        long bytes = bounds.fileBytes();
        for (long each : all.reversed()) {
            Path file = file(each);
            bytes += Files.size(file);
            Instant written = Files.getLastModifiedTime(file).toInstant();
            // Its first record may be as much older than its last.
            boolean old =
                    written.isBefore(clock.instant().minus(bounds.ageMax()).plus(FILE_TIME_MAX));
            if (each != number && (old || bytes > bounds.bytesMax() || Files.size(file) == 0)) {
                Files.delete(file);
            }
        }
    }

    /** The newest {@code max} that match, in the order they came, of the newest {@link #SEARCHED_MAX} bytes that may. */
    Found last(AuditFilter filter, int max) throws IOException {
        turn();
        Place end = end();
        Deque<String> found = new ArrayDeque<>();
        long searched = 0;
        Optional<String> oldest = Optional.empty();
        for (long each : numbers().reversed()) {
            Path file = file(each);
            if (found.size() >= max || tooOld(file, filter)) {
                break;
            }
            Optional<String> begins = firstTime(each);
            if (begins.filter(filter::endsBefore).isPresent()) {
                continue;
            }
            searched += Files.exists(file) ? Files.size(file) : 0;
            if (searched > searchedMax && oldest.isPresent()) {
                return new Found(List.copyOf(found), end, oldest);
            }
            if (begins.isPresent()) {
                oldest = begins;
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
        return new Found(List.copyOf(found), end, Optional.empty());
    }

    /** The time of a file's first record. */
    private Optional<String> firstTime(long file) throws IOException {
        List<String> first = new ArrayList<>();
        read(new Place(file, 0), Long.MAX_VALUE, line -> {
            first.add(AuditFilter.timeText(line));
            return false;
        });
        return first.stream().findFirst();
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
        turn();
        Place end = end();
        List<String> found = new ArrayList<>();
        Place reached = place;
        long searched = 0;
        for (long each : numbers()) {
            if (each < place.file || each > end.file || found.size() >= max || searched > searchedMax) {
                continue;
            }
            Place from = new Place(each, each == place.file ? place.at : 0);
            searched += Files.exists(file(each)) ? Files.size(file(each)) - from.at : 0;
            reached = read(from, each == end.file ? end.at : Long.MAX_VALUE, line -> {
                if (filter.matches(line)) {
                    found.add(line);
                }
                return found.size() < max;
            });
        }
        return new Found(List.copyOf(found), reached, Optional.empty());
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
