package io.fairlead.forge.api;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;

/** How many requests each caller may make in each minute, told in GitLab's headers. */
public final class RateLimit {
    /** What is left to a caller. */
    public record Left(int limit, int observed, Instant reset) {
        boolean exceeded() {
            return observed > limit;
        }

        Map<String, String> headers(Instant now) {
            Map<String, String> headers = new LinkedHashMap<>();
            headers.put("RateLimit-Limit", Integer.toString(limit));
            headers.put("RateLimit-Name", "throttle_authenticated_api");
            headers.put("RateLimit-Observed", Integer.toString(observed));
            headers.put("RateLimit-Remaining", Integer.toString(Math.max(0, limit - observed)));
            headers.put("RateLimit-Reset", Long.toString(reset.getEpochSecond()));
            headers.put(
                    "RateLimit-ResetTime", DateTimeFormatter.RFC_1123_DATE_TIME.format(reset.atOffset(ZoneOffset.UTC)));
            if (exceeded()) {
                headers.put("Retry-After", Long.toString(Math.max(1, reset.getEpochSecond() - now.getEpochSecond())));
            }
            return headers;
        }
    }

    /** Callers that are remembered; of more, those that were silent longest start anew. */
    private static final int CALLERS_MAX = 10_000;

    private static final int WINDOW_SECONDS = 60;

    private record Window(long number, int count) {}

    private final int perMinute;
    private final InstantSource clock;
    private final Map<String, Window> windows = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
            return size() > CALLERS_MAX;
        }
    };

    public RateLimit(int perMinute, InstantSource clock) {
        this.perMinute = perMinute;
        this.clock = clock;
    }

    /** Counts one more request of {@code caller}. */
    public synchronized Left take(String caller) {
        long number = clock.instant().getEpochSecond() / WINDOW_SECONDS;
        Window before = windows.get(caller);
        int count = before == null || before.number != number ? 1 : before.count + 1;
        windows.put(caller, new Window(number, count));
        return new Left(perMinute, count, Instant.ofEpochSecond((number + 1) * WINDOW_SECONDS));
    }

    Map<String, String> headers(Left left) {
        return left.headers(clock.instant());
    }
}
