package io.fairlead.wire.grpc;

import java.time.Duration;

/**
 * How long a connection lives and how its peer learns that it ends: by an HTTP/2 GOAWAY first, so that new calls go to a
 * fresh connection; then long streams are told to end, which they do with OK; at last what is left is cut.
 *
 * @param goAway from the connection's start to the GOAWAY; gRPC varies it by 10 % either way and raises it to 1 second
 * @param streamsEnd from the connection's start to the moment when long streams are told to end
 * @param streamsEndJitter a random part of this is added to {@code streamsEnd}, so that a fleet does not move at once
 * @param grace from the GOAWAY to the cut
 */
public record ConnectionAge(Duration goAway, Duration streamsEnd, Duration streamsEndJitter, Duration grace) {
    private static final Duration UNLIMITED = Duration.ofDays(36500);

    public ConnectionAge {
        boolean ordered = goAway.multipliedBy(11).dividedBy(10).compareTo(streamsEnd) <= 0;
        if (goAway.isNegative() || goAway.isZero() || streamsEndJitter.isNegative() || grace.isNegative() || !ordered) {
            throw new IllegalArgumentException(
                    "a connection's GOAWAY (%s and 10 %%) must come before its streams' end (%s)"
                            .formatted(goAway, streamsEnd));
        }
    }

    /**
     * Splits one total as kas does: GOAWAY at 20 %, streams told at 30 to 35 %, the cut 65 % after the GOAWAY.
     *
     * @param maxAge the configured {@code max_connection_age}, more than 0
     */
    public ConnectionAge(Duration maxAge) {
        this(percent(maxAge, 20), percent(maxAge, 30), percent(maxAge, 5), percent(maxAge, 65));
    }

    /** For a connection that ends only when its peer or the process does. */
    public static ConnectionAge unlimited() {
        return new ConnectionAge(UNLIMITED, UNLIMITED.multipliedBy(2), Duration.ZERO, UNLIMITED);
    }

    boolean limited() {
        return goAway.compareTo(UNLIMITED) < 0;
    }

    private static Duration percent(Duration whole, int share) {
        return whole.multipliedBy(share).dividedBy(100);
    }
}
