package io.fairlead.link.routing;

import io.fairlead.base.time.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A board that several kas of one process share, each by a client of its own. For tests, and for whoever runs several kas in
 * one process; it passes the same contract test as the one that is kept in Valkey.
 */
public final class InMemoryKasBoard {
    private record Kept(KasBoard.Entry entry, long lapsesNanos) {}

    private final Duration lease;
    private final Scheduler time;
    private final Map<String, Kept> entries = new LinkedHashMap<>();
    private final List<Client> clients = new ArrayList<>();
    private boolean away;

    /** @param lease how long an entry stays that is not written */
    public InMemoryKasBoard(Duration lease, Scheduler time) {
        this.lease = lease;
        this.time = time;
    }

    /** One kas's way to the board. */
    public KasBoard client() {
        return new Client();
    }

    /** It cannot be reached, as when Valkey is stopped; what it keeps stays, and leases run on. */
    public synchronized void goAway() {
        away = true;
        listening().forEach(KasBoard.Listener::lost);
    }

    /** It can be reached again. */
    public synchronized void comeBack() {
        away = false;
        listening().forEach(KasBoard.Listener::connected);
    }

    /** It has lost everything, as a Valkey that keeps nothing on disk has after its restart. */
    public synchronized void forget() {
        entries.clear();
    }

    private List<KasBoard.Listener> listening() {
        List<KasBoard.Listener> all = new ArrayList<>();
        for (Client client : clients) {
            if (client.listener != null) {
                all.add(client.listener);
            }
        }
        return all;
    }

    private void check() {
        if (away) {
            throw new BoardException("the board in memory is away", null);
        }
        long now = time.nanoTime();
        entries.values().removeIf(kept -> kept.lapsesNanos <= now);
    }

    private void keep(KasBoard.Entry entry, KasBoard.Notice notice) {
        entries.put(entry.kas().id(), new Kept(entry, time.nanoTime() + lease.toNanos()));
        tell(notice);
    }

    private void tell(KasBoard.Notice notice) {
        listening().forEach(listener -> listener.told(notice));
    }

    private final class Client implements KasBoard {
        private @Nullable Listener listener;

        @Override
        public void listen(Listener told) {
            synchronized (InMemoryKasBoard.this) {
                if (listener != null) {
                    throw new IllegalStateException("somebody listens already");
                }
                listener = told;
                clients.add(this);
                if (!away) {
                    told.connected();
                }
            }
        }

        @Override
        public boolean write(Change change) {
            synchronized (InMemoryKasBoard.this) {
                check();
                Kept kept = entries.get(change.kas().id());
                if (kept == null || kept.entry.version() != change.before()) {
                    return false;
                }
                Set<Long> agents = new HashSet<>(kept.entry.agents());
                agents.addAll(change.held());
                agents.removeAll(change.released());
                keep(new Entry(change.kas(), change.after(), agents), new Notice.Changed(change));
                return true;
            }
        }

        @Override
        public void replace(Entry entry) {
            synchronized (InMemoryKasBoard.this) {
                check();
                keep(entry, new Notice.Replaced(entry.kas().id()));
            }
        }

        @Override
        public List<Entry> read() {
            synchronized (InMemoryKasBoard.this) {
                check();
                return entries.values().stream().map(Kept::entry).toList();
            }
        }

        @Override
        public Optional<Entry> read(String kasId) {
            synchronized (InMemoryKasBoard.this) {
                check();
                return Optional.ofNullable(entries.get(kasId)).map(Kept::entry);
            }
        }

        @Override
        public void leave(String kasId) {
            synchronized (InMemoryKasBoard.this) {
                check();
                entries.remove(kasId);
                tell(new Notice.Left(kasId));
            }
        }

        @Override
        public void close() {
            synchronized (InMemoryKasBoard.this) {
                listener = null;
                clients.remove(this);
            }
        }
    }
}
