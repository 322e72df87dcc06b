package io.fairlead.gitlab.api;

import io.fairlead.base.retry.Backoff;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * How kas calls GitLab.
 *
 * @param address GitLab's base URL, possibly with a path (GitLab under a relative URL)
 * @param userAgent {@code gitlab-kas/<version>/<commit>}
 * @param tls for an authority of one's own; empty: the system's
 * @param callsPerSecond refill of the limit on calls
 * @param callsAtOnce size of that limit's bucket
 */
public record GitLabClientConfig(
        URI address, String userAgent, Optional<SSLContext> tls, double callsPerSecond, int callsAtOnce) {
    /** kas 16.5: 50 calls a second, 250 at once. */
    public static final double CALLS_PER_SECOND = 50;

    public static final int CALLS_AT_ONCE = 250;

    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);
    /** From the request's start to the whole answer. */
    static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(20);

    static final int RETRIES = 4;
    static final Backoff RETRY =
            new Backoff(Duration.ofMillis(100), Duration.ofSeconds(30), 2, 0.2, Duration.ofMinutes(1));
    static final long ANSWER_BYTES_MAX = 16 << 20;

    public static GitLabClientConfig of(URI address, String userAgent) {
        return new GitLabClientConfig(address, userAgent, Optional.empty(), CALLS_PER_SECOND, CALLS_AT_ONCE);
    }
}
