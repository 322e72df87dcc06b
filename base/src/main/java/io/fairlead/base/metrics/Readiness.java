package io.fairlead.base.metrics;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Why a process is not ready for work yet. Each part that must be up is named in the constructor's list and holds
 * readiness back until it says so.
 */
public final class Readiness {
    private final ConcurrentSkipListMap<String, String> missing = new ConcurrentSkipListMap<>();

    /** A process of the named parts, none of them ready. */
    public Readiness(String... parts) {
        for (String part : parts) {
            missing.put(part, "has not started");
        }
    }

    /** {@code part} works. */
    public void ready(String part) {
        missing.remove(part);
    }

    /** {@code part} does not work, for a reason that is fit for an operator. */
    public void notReady(String part, String reason) {
        missing.put(part, reason);
    }

    /** Nothing when all parts are ready, else one sentence that names those which are not. */
    public Optional<String> problem() {
        Map<String, String> now = new TreeMap<>(missing);
        if (now.isEmpty()) {
            return Optional.empty();
        }
        StringBuilder text = new StringBuilder("not ready:");
        now.forEach((part, reason) ->
                text.append(' ').append(part).append(' ').append(reason).append(';'));
        text.setLength(text.length() - 1);
        return Optional.of(text.toString());
    }
}
