package io.fairlead.link.kubeapi.kas;

import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.time.Scheduler;
import io.fairlead.gitlab.api.AccessChanges;
import io.fairlead.link.identity.AccessListener;
import io.fairlead.link.identity.ProxyAccess;
import io.fairlead.link.identity.ProxyCredential;
import io.fairlead.wire.http.HttpExchange;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * All requests that run, so that those whose right ends are cut: a watch, an exec or a log may last for days. One for all doors
 * of a kas. What is asked again is asked once for each credential and agent, however many requests rest on it
 * ({@link ProxyAccess} sees to that).
 */
public final class LiveRequests implements AccessListener, Stage {
    /**
     * @param askAgainEvery how long a running request is believed to be allowed without a word from GitLab; seconds
     * @param unsureMax how long it goes on when GitLab gives no answer; seconds
     */
    public record Limits(Duration askAgainEvery, Duration unsureMax) {
        public static final Limits DEFAULT = new Limits(Duration.ofSeconds(60), Duration.ofSeconds(60));
    }

    private static final Duration TICK = Duration.ofSeconds(1);

    private final Limits limits;
    private final Scheduler scheduler;
    private final ConcurrentMap<Executor, LiveLoop> loops = new ConcurrentHashMap<>();
    private volatile @Nullable Refusal closed;
    private volatile boolean stopped;

    public LiveRequests(Limits limits, Scheduler scheduler) {
        this.limits = limits;
        this.scheduler = scheduler;
    }

    /** Why nobody is let in at the moment. */
    Optional<Refusal> closed() {
        return Optional.ofNullable(closed);
    }

    /** A request that begins; to be called on its loop. */
    Standing standing(Standing.Holder holder, ProxyAccess access, ProxyCredential credential, HttpExchange exchange) {
        LiveLoop loop = loops.get(exchange.loop());
        return new Standing(
                loop == null ? loops.computeIfAbsent(exchange.loop(), LiveLoop::new) : loop,
                holder,
                access,
                credential,
                exchange);
    }

    @Override
    public void start() {
        plan();
    }

    @Override
    public void close() {
        stopped = true;
    }

    private void plan() {
        if (!stopped) {
            scheduler.schedule(TICK, this::tick);
        }
    }

    private void tick() {
        long askEvery = Math.max(1, limits.askAgainEvery().toSeconds());
        long unsureMax = limits.unsureMax().toSeconds();
        loops.values().forEach(loop -> loop.each(standing -> standing.tick(askEvery, unsureMax)));
        plan();
    }

    @Override
    public void changed(AccessChanges changes) {
        loops.values().forEach(loop -> loop.each(standing -> standing.changed(changes)));
    }

    @Override
    public void lost(String why) {
        Refusal refusal = new Refusal(503, why);
        closed = refusal;
        loops.values().forEach(loop -> loop.each(standing -> standing.lost(refusal)));
    }

    @Override
    public void found() {
        closed = null;
    }
}
