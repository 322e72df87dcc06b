package io.fairlead.link.identity.kas;

import io.fairlead.link.identity.AgentToken;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the connections on which each token is shown in the running minute. Kept in this process; tokens are known by
 * their hash only.
 */
public final class AgentConnectionRate implements AgentCallAuth.ConnectionLimit {
    /** What GitLab's kas allows when nothing is configured. */
    public static final int PER_MINUTE = 40_000;

    /** With more tokens in one minute, the one unused longest is forgotten and starts anew. */
    static final int TOKENS_MAX = 20_000;

    private final int perMinute;
    private final Clock clock;
    private final LongAdder refused = new LongAdder();
    private final Map<String, Count> counts = new LinkedHashMap<>(16, 0.75f, true);
    private long minute;

    private static final class Count {
        private int connections;
    }

    public AgentConnectionRate(int perMinute, Clock clock) {
        this.perMinute = perMinute;
        this.clock = clock;
    }

    @Override
    public boolean admits(AgentToken token) {
        String key = token.hash();
        boolean admitted;
        synchronized (counts) {
            long now = clock.instant().getEpochSecond() / 60;
            if (now != minute) {
                minute = now;
                counts.clear();
            }
            Count count = counts.computeIfAbsent(key, unknown -> new Count());
            if (counts.size() > TOKENS_MAX) {
                counts.remove(counts.keySet().iterator().next());
            }
            admitted = count.connections < perMinute;
            if (admitted) {
                count.connections++;
            }
        }
        if (!admitted) {
            refused.increment();
        }
        return admitted;
    }

    /** How many connections were refused since the start, for {@code agent_server_rate_exceeded_total}. */
    public long refused() {
        return refused.sum();
    }
}
