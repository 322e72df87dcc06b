package io.fairlead.link.routing;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where every kas writes down which agents have tunnels with it, and reads what the others wrote. {@link
 * io.fairlead.link.routing.kas.AgentDirectory} is its only user and keeps a copy in memory, so no request ever waits for it.
 *
 * <p>An entry belongs to one kas, which alone writes it, and lapses when it has not been written for the lease. Each write
 * moves its version on by one, except a renewal, which changes nothing; so whoever hears of the writes knows when one was
 * missed. Methods wait: call them on virtual threads. Each may fail with {@link BoardException}.
 */
public interface KasBoard extends AutoCloseable {
    /**
     * What one kas wrote down.
     *
     * @param version above 0
     */
    record Entry(KasPlace kas, long version, Set<Long> agents) {
        public Entry {
            agents = Set.copyOf(agents);
        }
    }

    /**
     * One write to an entry.
     *
     * @param before the version it is written upon
     * @param after the version it leaves; {@code before} when only the lease is renewed
     */
    record Change(KasPlace kas, long before, long after, Set<Long> held, Set<Long> released) {
        public Change {
            held = Set.copyOf(held);
            released = Set.copyOf(released);
        }

        /** One that says only that the kas is alive. */
        public static Change renewal(KasPlace kas, long version) {
            return new Change(kas, version, version, Set.of(), Set.of());
        }
    }

    /** What is told of writes, to all that listen, the writer included, in the order of the writes. */
    sealed interface Notice {
        record Changed(Change change) implements Notice {}

        /** The entry was written whole; what it holds must be read. */
        record Replaced(String kasId) implements Notice {}

        /** The kas has left, and its entry is gone. */
        record Left(String kasId) implements Notice {}
    }

    /** Hears of writes. Called by one thread at a time, which must not be kept waiting. */
    interface Listener {
        void told(Notice notice);

        /** From here on nothing is missed; up to now anything may have been. */
        void connected();

        /** From here on things are missed, until {@link #connected}. */
        void lost();
    }

    /** Begins to tell {@code listener}, which is told {@link Listener#connected} as soon as it is true. Once for each board. */
    void listen(Listener listener);

    /**
     * Changes an entry, renews its lease and tells the others.
     *
     * @return false when the entry is not there at version {@code before}: nothing is written then, and it must be written
     *     whole
     */
    boolean write(Change change);

    /** Writes an entry whole, whatever was there, and tells the others. */
    void replace(Entry entry);

    /** The entries of all kas whose leases run. */
    List<Entry> read();

    /** The entry of one kas; empty when there is none or its lease has lapsed. */
    Optional<Entry> read(String kasId);

    /** Removes the entry and tells the others. */
    void leave(String kasId);

    /** Tells nobody anything any more. */
    @Override
    void close();
}
