package io.fairlead.wire.http;

import io.fairlead.base.log.SummedLog;
import java.util.LinkedHashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of one server whose clients do not read what waits for them, in the order in which they stopped. One may
 * stand still for as long as it likes, as long as few do: when there are too many, the one that stopped first is cut off.
 * Its monitor guards the set; connections are told without it.
 */
final class StalledReaders {
    private static final Logger log = LoggerFactory.getLogger(StalledReaders.class);

    private final SummedLog cuts = new SummedLog(log);
    private final int max;
    private final Set<ServerConnection> connections = new LinkedHashSet<>();

    StalledReaders(int max) {
        this.max = max;
    }

    /** Notes whether {@code connection} stands still; called at each of its looks, and when it has ended. */
    void note(ServerConnection connection, boolean stands) {
        ServerConnection first;
        synchronized (this) {
            if (!stands) {
                connections.remove(connection);
                return;
            }
            if (!connections.add(connection) || connections.size() <= max) {
                return;
            }
            first = connections.iterator().next();
            connections.remove(first);
        }
        cuts.warn("a client that did not read its answer was cut off: more than " + max + " stood still");
        first.cutOff();
    }
}
