package io.fairlead.link.identity.kas;

import io.fairlead.base.log.SummedLog;
import io.fairlead.base.time.Scheduler;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps strangers who try credentials from using up kas's calls to GitLab: each address has a bucket from which every
 * credential that GitLab refuses takes one. While it is empty, credentials that were not accepted lately are refused there
 * without asking. One that was accepted in the last {@link #ACCEPTED_FOR} is never touched, wherever it comes from: behind a
 * proxy all clients have one address.
 *
 * <p>Credentials are known by their hash only. Safe for concurrent use.
 */
public final class RefusedCredentials {
    /**
     * @param atOnce size of an address's bucket
     * @param perSecond how fast it fills again
     */
    public record Limit(int atOnce, double perSecond) {
        /** Ours: a sixtieth of what kas asks GitLab by default, and what a script with wrong tokens may do before it is noticed. */
        public static final Limit DEFAULT = new Limit(60, 1);
    }

    static final Duration ACCEPTED_FOR = Duration.ofHours(1);

    /** As long as the answer is remembered in any case: who shows the same again costs no question. */
    static final Duration REFUSED_FOR = Duration.ofSeconds(60);

    static final int SOURCES_MAX = 10_000;
    static final int CREDENTIALS_MAX = 20_000;
    private static final Logger log = LoggerFactory.getLogger(RefusedCredentials.class);

    private record Verdict(boolean accepted, long atNanos) {}

    private static final class Bucket {
        private double left;
        private long filledAtNanos;
    }

    private final Limit limit;
    private final Scheduler time;
    private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<String, Verdict> verdicts = new LinkedHashMap<>(16, 0.75f, true);
    private final SummedLog refusals = new SummedLog(log);
    private final LongAdder refused = new LongAdder();

    public RefusedCredentials(Limit limit, Scheduler time) {
        this.limit = limit;
        this.time = time;
    }

    /**
     * Whether a credential that {@code source} shows may be looked at.
     *
     * @param question what a refusal is remembered by: the credential and what it is shown for
     * @param credential what its acceptance is remembered by, whatever it is shown for
     */
    public boolean admits(String source, String question, String credential) {
        synchronized (this) {
            if (settled(question) || settled(credential) || left(source) >= 1) {
                return true;
            }
        }
        refused.increment();
        refusals.warn("credentials of " + source + " are refused without asking GitLab, which refused too many of that"
                + " address's; those that were accepted within an hour are not touched");
        return false;
    }

    /** GitLab knows the credential. */
    public synchronized void accepted(String credential) {
        remember(credential, true);
    }

    /** GitLab refused what {@code source} showed. */
    public synchronized void refused(String source, String question) {
        Verdict before = verdicts.get(question);
        boolean counted = before != null && !before.accepted && settled(question);
        remember(question, false);
        if (!counted) {
            left(source);
            Bucket bucket = buckets.get(source);
            if (bucket != null) {
                bucket.left = Math.max(0, bucket.left - 1);
            }
        }
    }

    /** How many credentials were refused unasked since the start. */
    public long refusedUnasked() {
        return refused.sum();
    }

    private boolean settled(String hash) {
        Verdict verdict = verdicts.get(hash);
        Duration holds = verdict != null && verdict.accepted ? ACCEPTED_FOR : REFUSED_FOR;
        return verdict != null && time.nanoTime() - verdict.atNanos < holds.toNanos();
    }

    private void remember(String hash, boolean accepted) {
        verdicts.put(hash, new Verdict(accepted, time.nanoTime()));
        if (verdicts.size() > CREDENTIALS_MAX) {
            verdicts.remove(verdicts.keySet().iterator().next());
        }
    }

    private double left(String source) {
        long now = time.nanoTime();
        Bucket bucket = buckets.get(source);
        if (bucket == null) {
            bucket = new Bucket();
            bucket.left = limit.atOnce();
            buckets.put(source, bucket);
            if (buckets.size() > SOURCES_MAX) {
                buckets.remove(buckets.keySet().iterator().next());
            }
        } else {
            bucket.left =
                    Math.min(limit.atOnce(), bucket.left + (now - bucket.filledAtNanos) * limit.perSecond() / 1e9);
        }
        bucket.filledAtNanos = now;
        return bucket.left;
    }
}
