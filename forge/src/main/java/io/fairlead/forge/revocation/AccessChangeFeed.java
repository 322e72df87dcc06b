package io.fairlead.forge.revocation;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.log.SummedLog;
import io.fairlead.base.thread.VirtualThreads;
import io.fairlead.base.time.Deadline;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.git.PushEvent;
import io.fairlead.forge.git.PushListener;
import io.fairlead.gitlab.api.AccessChanges;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks ten times a second whose rights may have changed, and tells those who listen. Three things change them: what is in
 * the database, of which its triggers keep a list; a push, since agents' configuration is read from Git; and time, since job
 * tokens end, and what ends on a day ends when it begins (UTC).
 *
 * <p>A change is told by its id, never by its content: whoever is told asks for the new answer.
 */
public final class AccessChangeFeed implements PushListener, Stage {
    /** Of the one second in which a stream is to be cut. */
    private static final Duration LOOK_PERIOD = Duration.ofMillis(100);

    /** A listener that was told nothing for so long may not believe that nothing changed. */
    static final Duration LOOKED_WITHIN = Duration.ofSeconds(3);

    /** Each holds a request slot. */
    static final int LISTENERS_MAX = 16;

    /**
     * Told of everyone, each kas asks about all who are at work there. Whoever makes such changes without end makes it ask twice
     * a second; the first is told at once.
     */
    private static final Duration EVERYONE_EVERY = Duration.ofMillis(500);

    /** One that has listened so long may be a connection of which nobody has noticed that it is dead. */
    static final Duration LISTENS_UNDISTURBED = Duration.ofSeconds(10);

    private static final int PROJECTS_MAX = 500;
    private static final Map<String, String> AGAIN = Map.of("Retry-After", "5");
    private static final Logger log = LoggerFactory.getLogger(AccessChangeFeed.class);

    private final AccessChangeQueries queries;
    private final InstantSource clock;
    private final SummedLog failures = new SummedLog(log);
    private final Set<AccessSubscriber> subscribers = new CopyOnWriteArraySet<>();
    private final Set<Long> pushedProjects = new HashSet<>();
    private final AccessNotes notes;
    private AccessChanges heldBack = AccessChanges.none(0);
    private Deadline everyoneFrom = Deadline.in(Duration.ZERO);
    private Instant lookedAt = Instant.EPOCH;
    private volatile Deadline looksUntil = Deadline.in(Duration.ZERO);
    private volatile boolean closed;
    private boolean missed;
    private @Nullable Thread worker;

    public AccessChangeFeed(AccessChangeQueries queries, InstantSource clock) {
        this.queries = queries;
        this.notes = new AccessNotes(queries);
        this.clock = clock;
    }

    @Override
    public void start() {
        notes.begin();
        lookedAt = clock.instant();
        looksUntil = Deadline.in(LOOKED_WITHIN);
        worker = VirtualThreads.start("access-changes", this::work);
    }

    /** Ends those who listen too. */
    @Override
    public void close() {
        closed = true;
        if (worker != null) {
            worker.interrupt();
        }
        subscribers.forEach(subscriber -> subscriber.tell(AccessChanges.everything(0)));
    }

    /**
     * Beyond {@link #LISTENERS_MAX} whoever has listened longest has to go: it may be dead, and if not it comes again.
     *
     * @throws ApiError 503 when nobody can go, or nothing is known at the moment
     */
    AccessSubscriber listen() {
        if (!looking()) {
            throw ApiError.error(503, "changes of access are not known at the moment, try again", AGAIN);
        }
        synchronized (subscribers) {
            if (subscribers.size() >= LISTENERS_MAX) {
                AccessSubscriber oldest = subscribers.iterator().next();
                if (!oldest.mayGo()) {
                    throw ApiError.error(503, LISTENERS_MAX + " listen to access changes already, try again", AGAIN);
                }
                oldest.end();
                subscribers.remove(oldest);
            }
            AccessSubscriber subscriber = new AccessSubscriber(queries.newest(), LISTENS_UNDISTURBED);
            subscribers.add(subscriber);
            return subscriber;
        }
    }

    void leave(AccessSubscriber subscriber) {
        subscribers.remove(subscriber);
    }

    /** Whether what is told is the whole truth: it looks, and the database answers. */
    boolean looking() {
        return !closed && !looksUntil.passed();
    }

    @Override
    public void pushed(PushEvent event) {
        synchronized (pushedProjects) {
            pushedProjects.add(event.projectId());
        }
    }

    private void work() {
        try {
            while (!closed) {
                Deadline.pause(LOOK_PERIOD);
                lookOrSay();
            }
        } catch (InterruptedException e) {
            // The only interruption is that of close.
            Thread.currentThread().interrupt();
        }
    }

    private void lookOrSay() {
        boolean whole = false;
        try {
            look();
            whole = true;
            looksUntil = Deadline.in(LOOKED_WITHIN);
        } catch (FairleadException e) {
            if (!closed) {
                failures.warn("changes of access could not be looked up: " + e.getMessage());
            }
        } catch (RuntimeException e) {
            log.error("changes of access could not be looked up", e);
        } finally {
            // A look that broke off may have taken note of what it did not tell.
            missed |= !whole;
        }
    }

    private void look() {
        AccessChanges found = heldBack.and(notes.next()).and(ofTime()).and(ofPushes());
        boolean whole = missed;
        AccessChanges changes = whole ? AccessChanges.everything(notes.newest()) : found;
        missed = false;
        if (changes.everyone() && !whole && !everyoneFrom.passed()) {
            heldBack = changes;
            return;
        }
        heldBack = AccessChanges.none(notes.newest());
        if (changes.everyone()) {
            everyoneFrom = Deadline.in(EVERYONE_EVERY);
        }
        if (!changes.none()) {
            subscribers.forEach(subscriber -> subscriber.tell(changes));
        }
    }

    private AccessChanges ofTime() {
        Instant now = clock.instant();
        boolean anotherDay = !day(now).equals(day(lookedAt));
        Set<Long> jobs = queries.jobsEnded(lookedAt, now);
        lookedAt = now;
        return new AccessChanges(notes.newest(), false, anotherDay, Set.of(), Set.of(), jobs);
    }

    private static LocalDate day(Instant instant) {
        return LocalDate.ofInstant(instant, ZoneOffset.UTC);
    }

    private AccessChanges ofPushes() {
        Set<Long> projects;
        synchronized (pushedProjects) {
            if (pushedProjects.isEmpty()) {
                return AccessChanges.none(notes.newest());
            }
            projects = Set.copyOf(pushedProjects);
            pushedProjects.clear();
        }
        return projects.size() > PROJECTS_MAX
                ? new AccessChanges(notes.newest(), false, true, Set.of(), Set.of(), Set.of())
                : new AccessChanges(notes.newest(), false, false, Set.of(), queries.agentsOf(projects), Set.of());
    }
}
