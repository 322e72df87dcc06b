package io.fairlead.link.identity.kas;

import io.fairlead.base.time.Scheduler;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Remembers answers for as long as each says, and asks once however many wait for the same.
 *
 * <p>States of an entry: asking, then known until its time, then gone. An entry taken out while asking still answers those
 * that wait, but nobody after them.
 */
final class AnswerCache<V> {
    /** The least recently used goes beyond this. */
    static final int ENTRIES_MAX = 10_000;

    /** An answer; zero means it is not remembered. */
    record Answer<V>(V value, Duration keep) {}

    private final class Entry {
        private final CompletableFuture<V> answer = new CompletableFuture<>();
        private long endsAtNanos;
        private boolean known;
    }

    private final Scheduler time;
    private final Executor threads;
    private final int askingMax;
    private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    private int asking;

    /**
     * @param threads runs the questions, which block
     * @param askingMax how many questions may be open at once
     */
    AnswerCache(Scheduler time, Executor threads, int askingMax) {
        this.time = time;
        this.threads = threads;
        this.askingMax = askingMax;
    }

    /**
     * The answer: completed on return when it is known, later on another thread when not. Completes exceptionally with
     * what {@code ask} throws, or {@link RejectedExecutionException} when too many questions are open.
     */
    CompletionStage<V> get(String key, Supplier<Answer<V>> ask) {
        return get(key, ask, askingMax);
    }

    /** The same for one that {@link #get} keeps places for: so many more may be open. */
    CompletionStage<V> getWithin(String key, Supplier<Answer<V>> ask, int more) {
        return get(key, ask, askingMax + more);
    }

    private CompletionStage<V> get(String key, Supplier<Answer<V>> ask, int max) {
        Entry entry;
        synchronized (entries) {
            Entry found = entries.get(key);
            if (found != null && (!found.known || time.nanoTime() - found.endsAtNanos < 0)) {
                return found.answer;
            }
            if (asking >= max) {
                return CompletableFuture.failedFuture(
                        new RejectedExecutionException(max + " questions to GitLab are open already"));
            }
            asking++;
            entry = new Entry();
            entries.put(key, entry);
            if (entries.size() > ENTRIES_MAX) {
                entries.remove(entries.keySet().iterator().next());
            }
        }
        Entry asked = entry;
        try {
            threads.execute(() -> ask(key, asked, ask));
        } catch (RejectedExecutionException e) {
            forget(key, asked);
            asked.answer.completeExceptionally(e);
        }
        return asked.answer;
    }

    /** The same, but {@code old} is asked for again; not when that has happened. */
    CompletionStage<V> getAnew(String key, V old, Supplier<Answer<V>> ask) {
        synchronized (entries) {
            Entry found = entries.get(key);
            if (found != null && found.known && found.answer.join().equals(old)) {
                entries.remove(key);
            }
        }
        return get(key, ask);
    }

    /** Whether {@link #get} would answer without asking anew. */
    boolean holds(String key) {
        synchronized (entries) {
            Entry found = entries.get(key);
            return found != null && (!found.known || time.nanoTime() - found.endsAtNanos < 0);
        }
    }

    private void ask(String key, Entry entry, Supplier<Answer<V>> ask) {
        Answer<V> answer;
        try {
            answer = ask.get();
        } catch (RuntimeException | Error e) {
            forget(key, entry);
            entry.answer.completeExceptionally(e);
            return;
        }
        if (answer.keep().isZero()) {
            forget(key, entry);
        } else {
            synchronized (entries) {
                asking--;
                entry.known = true;
                entry.endsAtNanos = time.nanoTime() + answer.keep().toNanos();
            }
        }
        entry.answer.complete(answer.value());
    }

    private void forget(String key, Entry entry) {
        synchronized (entries) {
            asking--;
            entries.remove(key, entry);
        }
    }

    /** Takes out one key, so that the next question is asked anew. */
    void invalidate(String key) {
        synchronized (entries) {
            entries.remove(key);
        }
    }

    /** Takes out what is known and matches, and all that is being asked: its answer may be older than this call. */
    void invalidateWhere(Predicate<V> matches) {
        synchronized (entries) {
            entries.values().removeIf(entry -> !entry.known || matches.test(entry.answer.join()));
        }
    }

    int size() {
        synchronized (entries) {
            return entries.size();
        }
    }
}
