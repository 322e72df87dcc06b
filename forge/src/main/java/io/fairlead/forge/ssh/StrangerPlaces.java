package io.fairlead.forge.ssh;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The places for connections of which nobody knows yet whose they are. When all are taken, a newcomer gets the oldest place of
 * the source that has most, unless it would then have as many itself: so whoever fills them all stands in its own way only. When
 * nobody has more than one, the oldest of all gives way: who means to sign in has done so long before. Not safe for concurrent
 * use.
 *
 * @param <C> a connection
 */
final class StrangerPlaces<C> {
    private final int max;
    private final int perSourceMax;
    /** The oldest first. */
    private final Map<C, String> sources = new LinkedHashMap<>();
    /** Each source's connections, the oldest first. */
    private final Map<String, Deque<C>> bySource = new HashMap<>();

    /** What becomes of a newcomer. */
    sealed interface Admission<C> {
        record Refused<C>() implements Admission<C> {}

        record Admitted<C>() implements Admission<C> {}

        /** @param gone has lost its place and must be closed */
        record AdmittedInsteadOf<C>(C gone) implements Admission<C> {}
    }

    StrangerPlaces(int max, int perSourceMax) {
        this.max = max;
        this.perSourceMax = perSourceMax;
    }

    Admission<C> enter(C connection, String source) {
        int had = bySource.getOrDefault(source, new ArrayDeque<>()).size();
        if (had >= perSourceMax) {
            return new Admission.Refused<>();
        }
        if (sources.size() < max) {
            take(connection, source);
            return new Admission.Admitted<>();
        }
        Optional<Deque<C>> most = bySource.values().stream().max(Comparator.comparingInt(Deque::size));
        int mostOfAny = most.map(Deque::size).orElse(0);
        if (mostOfAny <= had || (mostOfAny == had + 1 && mostOfAny > 1)) {
            return new Admission.Refused<>();
        }
        C gone = mostOfAny > 1
                ? most.orElseThrow().getFirst()
                : sources.keySet().iterator().next();
        leave(gone);
        take(connection, source);
        return new Admission.AdmittedInsteadOf<>(gone);
    }

    private void take(C connection, String source) {
        sources.put(connection, source);
        bySource.computeIfAbsent(source, _ -> new ArrayDeque<>()).addLast(connection);
    }

    /** Whether it had a place, which is free now. */
    boolean leave(C connection) {
        String source = sources.remove(connection);
        if (source == null) {
            return false;
        }
        bySource.computeIfPresent(source, (_, places) -> {
            places.remove(connection);
            return places.isEmpty() ? null : places;
        });
        return true;
    }
}
