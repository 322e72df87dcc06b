package io.fairlead.link.kubeapi.kas;

import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * How many requests each person has with each agent at this moment, waiting or running. An agent has 500 streams; whoever
 * could have all of them would lock everybody else out of the cluster. One for all doors of a kas.
 */
public final class RequestShares {
    /** A fifth of an agent's streams; more than any tool holds open, watches included. */
    public static final int EACH_MAX = 100;

    private record Holder(long agentId, long userId) {}

    /** A request's place among its person's. To be given back once. */
    interface Place {
        void giveBack();
    }

    private final int eachMax;
    private final ConcurrentMap<Holder, Integer> held = new ConcurrentHashMap<>();

    /** @param eachMax how many requests a person may have with one agent at once */
    public RequestShares(int eachMax) {
        this.eachMax = eachMax;
    }

    int eachMax() {
        return eachMax;
    }

    /** A place for one more request; empty when the person has as many as may be. */
    Optional<Place> take(long agentId, long userId) {
        Holder holder = new Holder(agentId, userId);
        if (held.merge(holder, 1, Integer::sum) > eachMax) {
            giveBack(holder);
            return Optional.empty();
        }
        return Optional.of(() -> giveBack(holder));
    }

    private void giveBack(Holder holder) {
        held.computeIfPresent(holder, (any, count) -> count == 1 ? null : count - 1);
    }
}
