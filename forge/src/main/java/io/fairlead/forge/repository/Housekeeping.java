package io.fairlead.forge.repository;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.eclipse.jgit.api.PackRefsCommand;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.internal.storage.file.GC;
import org.eclipse.jgit.lib.EmptyProgressMonitor;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ProgressMonitor;
import org.eclipse.jgit.lib.Repository;

/**
 * Gathers what a repository's references lead to into few packs, and deletes what nothing has led to for long. Clones and
 * pushes go on meanwhile.
 *
 * <p>Nothing is deleted because it is old: a branch may have led to an old object a moment ago, and somebody may be pushing
 * on top of it. An object's time begins when a run first finds that nothing leads to it; a run sees that by its lying loose
 * after everything else was packed, and sets its date to now. The runs after {@code grace} delete it, alone with the
 * repository. A pack is deleted only when it is older than {@code packGrace} and everything in it was packed anew or laid
 * loose.
 */
public final class Housekeeping {
    /** GitLab's and Git's. */
    public static final Duration GRACE = Duration.ofDays(14);

    /** Clients that began with the old packs are done by then; JGit's default. */
    public static final Duration PACK_GRACE = Duration.ofHours(1);

    private static final Pattern LOOSE = Pattern.compile("[0-9a-f]{38}");
    private static final Pattern LOOSE_FOLDER = Pattern.compile("[0-9a-f]{2}");
    /** JGit's names for packs that arrive and packs and objects that are made. */
    private static final Pattern DRAFT = Pattern.compile("(incoming_|gc_|noz).*");

    /** No push lasts as long. */
    private static final Duration DRAFT_MAX = Duration.ofDays(1);

    private static final String LAST_RUN = "housekeeping";
    private static final Duration ALONE_WAIT_MAX = Duration.ofSeconds(2);

    private final Repositories repositories;
    private final InstantSource clock;
    private final Duration grace;
    private final Duration packGrace;
    private final long objectsMax;

    /** How a repository's objects lie. */
    public record State(long loose, long packs) {}

    /** What a run did. */
    public sealed interface Outcome {
        /** @param deleted how many objects were deleted that nothing led to */
        record Done(State before, State after, long deleted) implements Outcome {}

        /** @param objects how many there are, more than the memory is for */
        record TooLarge(long objects) implements Outcome {}

        /** The project is deleted. */
        record Gone() implements Outcome {}
    }

    /** @param objectsMax a repository with more objects is left as it is */
    public Housekeeping(
            Repositories repositories, InstantSource clock, Duration grace, Duration packGrace, long objectsMax) {
        this.repositories = repositories;
        this.clock = clock;
        this.grace = grace;
        this.packGrace = packGrace;
        this.objectsMax = objectsMax;
    }

    /** How the repository lies, loose objects guessed by one folder of 256; nothing when it is not there. */
    public Optional<State> look(long projectId) throws IOException {
        Optional<Path> folder = repositories.existing(projectId);
        if (folder.isEmpty()) {
            return Optional.empty();
        }
        Path objects = folder.get().resolve("objects");
        long packs = list(objects.resolve("pack")).stream()
                .filter(file -> file.toString().endsWith(".pack"))
                .count();
        return Optional.of(new State(list(objects.resolve("17")).size() * 256L, packs));
    }

    /**
     * One run. The caller has it that no backup reads meanwhile and that there is one run at a time.
     *
     * @param stopped asked now and then; once it says so the run breaks off with an exception
     */
    public Outcome run(long projectId, BooleanSupplier stopped) throws IOException, InterruptedException {
        Optional<Path> folder = repositories.existing(projectId);
        if (folder.isEmpty()) {
            return new Outcome.Gone();
        }
        Instant begin = clock.instant();
        try (Repository repository = Repositories.openFolder(folder.get())) {
            GC gc = new GC((FileRepository) repository);
            gc.setExpire(begin.minus(grace));
            gc.setPackExpire(begin.minus(packGrace));
            gc.setPackConfig(PackSettings.of(repository));
            gc.setProgressMonitor(stopping(stopped));
            GC.RepoStatistics before = gc.getStatistics();
            if (before.numberOfPackedObjects + before.numberOfLooseObjects > objectsMax) {
                return new Outcome.TooLarge(before.numberOfPackedObjects + before.numberOfLooseObjects);
            }
            packReferences(repository, projectId);
            gc.repack();
            gc.prunePacked();
            deleteDrafts(folder.get(), begin);
            long deleted = deleteUnreachable(gc, folder.get(), projectId, begin);
            return new Outcome.Done(state(before), state(gc.getStatistics()), deleted);
        } catch (ParseException | GitAPIException e) {
            throw new IOException("housekeeping failed: " + e.getMessage(), e);
        }
    }

    private static ProgressMonitor stopping(BooleanSupplier stopped) {
        return new EmptyProgressMonitor() {
            @Override
            public boolean isCancelled() {
                return stopped.getAsBoolean();
            }
        };
    }

    private static State state(GC.RepoStatistics statistics) {
        return new State(statistics.numberOfLooseObjects, statistics.numberOfPackFiles);
    }

    /** Alone: a push whose reference is locked at that moment would be refused. */
    private void packReferences(Repository repository, long projectId) throws GitAPIException, InterruptedException {
        Optional<Repositories.Turn> turn = repositories.alone(projectId, ALONE_WAIT_MAX);
        if (turn.isPresent()) {
            try (Repositories.Turn _ = turn.get()) {
                new PackRefsCommand(repository)
                        .setAll(true)
                        .setProgressMonitor(NullProgressMonitor.INSTANCE)
                        .call();
            }
        }
    }

    private long deleteUnreachable(GC gc, Path folder, long projectId, Instant begin)
            throws IOException, ParseException, InterruptedException {
        Path lastRun = folder.resolve(LAST_RUN);
        Instant last =
                Files.exists(lastRun) ? Files.getLastModifiedTime(lastRun).toInstant() : Instant.MIN;
        boolean some = false;
        for (Path object : loose(folder)) {
            Instant date = Files.getLastModifiedTime(object).toInstant();
            if (date.isAfter(last) && date.isBefore(begin)) {
                Files.setLastModifiedTime(object, FileTime.from(begin));
            } else {
                some |= date.isBefore(begin.minus(grace));
            }
        }
        long deleted = 0;
        Optional<Repositories.Turn> turn = some ? repositories.alone(projectId, ALONE_WAIT_MAX) : Optional.empty();
        if (turn.isPresent()) {
            try (Repositories.Turn _ = turn.get()) {
                long before = loose(folder).size();
                gc.prune(Set.of());
                deleted = before - loose(folder).size();
            }
        }
        if (Files.notExists(lastRun)) {
            Files.createFile(lastRun);
        }
        Files.setLastModifiedTime(lastRun, FileTime.from(begin));
        return deleted;
    }

    /** What pushes and runs left that were cut off. */
    private static void deleteDrafts(Path folder, Instant begin) throws IOException {
        for (Path place : List.of(folder.resolve("objects"), folder.resolve("objects/pack"))) {
            for (Path file : list(place)) {
                if (DRAFT.matcher(file.getFileName().toString()).matches()
                        && Files.getLastModifiedTime(file).toInstant().isBefore(begin.minus(DRAFT_MAX))) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private static List<Path> loose(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path part : list(folder.resolve("objects"))) {
            if (LOOSE_FOLDER.matcher(part.getFileName().toString()).matches()) {
                list(part).stream()
                        .filter(file ->
                                LOOSE.matcher(file.getFileName().toString()).matches())
                        .forEach(found::add);
            }
        }
        return found;
    }

    private static List<Path> list(Path folder) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(entries::add);
        } catch (NoSuchFileException e) {
            return entries;
        }
        return entries;
    }
}
