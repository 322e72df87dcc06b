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
 * ({@link ProxyAccess} sees to that), and in its turn ({@link Reviews}).
 */
public final class LiveRequests implements AccessListener, Stage {
    /**
     * @param askAgainEvery how long a running request is believed to be allowed without a word from GitLab; seconds
     * @param unsureMax how long it goes on when GitLab gives no answer; seconds
     */
    public record Limits(Duration askAgainEvery, Duration unsureMax) {
        public static final Limits DEFAULT = new Limits(Duration.ofSeconds(60), Duration.ofSeconds(60));
    }

    /** Questions that nobody gets an answer to for so long are GitLab's failing, not for want of a turn. */
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);

    private static final Duration TICK = Duration.ofSeconds(1);

    private final Limits limits;
    private final Scheduler scheduler;
    private final ConcurrentMap<Executor, LiveLoop> loops = new ConcurrentHashMap<>();
    private final Reviews reviews = new Reviews();
    private volatile @Nullable Refusal refusalOfAll;
    private volatile long answeredAtNanos;
    private volatile boolean stopped;

    public LiveRequests(Limits limits, Scheduler scheduler) {
        this.limits = limits;
        this.scheduler = scheduler;
        answeredAtNanos = scheduler.nanoTime();
    }

    /** Why nobody is let in at the moment. */
    Optional<Refusal> refusalOfAll() {
        return Optional.ofNullable(refusalOfAll);
    }

    /** A request that begins; to be called on its loop. */
    LiveRequest live(LiveRequest.Holder holder, ProxyAccess access, ProxyCredential credential, HttpExchange exchange) {
        LiveLoop loop = loops.get(exchange.loop());
        return new LiveRequest(
                loop == null ? loops.computeIfAbsent(exchange.loop(), this::loop) : loop,
                reviews,
                holder,
                access,
                credential,
                exchange);
    }

    private LiveLoop loop(Executor loop) {
        return new LiveLoop(loop, () -> answeredAtNanos = scheduler.nanoTime());
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
        boolean silent = scheduler.nanoTime() - answeredAtNanos > ANSWER_WITHIN.toNanos();
        loops.values().forEach(loop -> loop.each(request -> request.tick(askEvery, unsureMax, silent)));
        plan();
    }

    @Override
    public void changed(AccessChanges changes) {
        loops.values().forEach(loop -> loop.each(request -> request.changed(changes)));
    }

    @Override
    public void lost(String why) {
        Refusal refusal = new Refusal(503, why);
        refusalOfAll = refusal;
        loops.values().forEach(loop -> loop.each(request -> request.lost(refusal)));
    }

    @Override
    public void found() {
        refusalOfAll = null;
    }
}
