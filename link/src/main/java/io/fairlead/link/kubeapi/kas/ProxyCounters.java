package io.fairlead.link.kubeapi.kas;

import java.util.concurrent.atomic.LongAdder;

/** What passed through the proxy since start. Cheap enough to count every request and chunk. */
public final class ProxyCounters {
    private final LongAdder requests = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder cut = new LongAdder();
    private final LongAdder upgraded = new LongAdder();
    private final LongAdder inFlight = new LongAdder();
    private final LongAdder bytesToCluster = new LongAdder();
    private final LongAdder bytesToClient = new LongAdder();

    void begun() {
        requests.increment();
        inFlight.increment();
    }

    void over() {
        inFlight.decrement();
    }

    void refusedOne() {
        refused.increment();
    }

    void failedOne() {
        failed.increment();
    }

    void cutOne() {
        cut.increment();
    }

    void upgradedOne() {
        upgraded.increment();
    }

    void toCluster(int bytes) {
        bytesToCluster.add(bytes);
    }

    void toClient(int bytes) {
        bytesToClient.add(bytes);
    }

    /** Requests that came, whatever became of them. */
    public long requests() {
        return requests.sum();
    }

    /** Requests that kas answered itself because they may not pass. */
    public long refused() {
        return refused.sum();
    }

    /** Requests that were to pass and got no whole answer. */
    public long failed() {
        return failed.sum();
    }

    /** Requests that ran and were ended because they may no longer. */
    public long cut() {
        return cut.sum();
    }

    /** Connections that became a stream of bytes (exec, attach, port-forward). */
    public long upgraded() {
        return upgraded.sum();
    }

    /** Requests being served now. */
    public long inFlight() {
        return inFlight.sum();
    }

    public long bytesToCluster() {
        return bytesToCluster.sum();
    }

    public long bytesToClient() {
        return bytesToClient.sum();
    }
}
