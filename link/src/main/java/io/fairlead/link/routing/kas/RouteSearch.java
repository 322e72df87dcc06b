package io.fairlead.link.routing.kas;

import io.fairlead.base.time.Scheduler;
import io.fairlead.link.routing.KasPlace;
import io.fairlead.link.tunnel.kas.NoTunnel;
import io.fairlead.link.tunnel.kas.TunnelCall;
import io.fairlead.link.tunnel.kas.TunnelWaiter;
import io.fairlead.link.tunnel.kas.Tunnels;
import io.grpc.Status;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request's search for a tunnel, in this kas and the others at once. The first that has one wins; all others are told
 * that they need not.
 *
 * <p>States: <b>looking</b> → <b>over</b>, by a tunnel, by the end of the time, or because the request has gone. Others are
 * asked one after the other, the next when the last said no or said nothing for {@link TunnelRouter.Limits#nextAfter}. Where
 * all said no and the agent may still come, all are asked again after a while, and at once when one is heard to have it.
 *
 * <p>The monitor guards the state and is not held while anybody is told or asked.
 */
final class RouteSearch implements TunnelWaiter, Tunnels.Waiting, RemoteTunnel.Search {
    private final TunnelRouter router;
    private final long agentId;
    private final String service;
    private final String method;
    private final TunnelWaiter waiter;
    private final Map<KasPlace, RemoteTunnel> asked = new HashMap<>();
    private final Set<KasPlace> refused = new HashSet<>();
    private final Set<KasPlace> everAsked = new HashSet<>();
    private boolean over;
    private Tunnels.@Nullable Waiting ownWaiting;
    private @Nullable NoTunnel ownRefusal;
    private Scheduler.@Nullable Scheduled next;
    private Scheduler.@Nullable Scheduled end;
    private boolean looking;

    RouteSearch(TunnelRouter router, long agentId, String service, String method, TunnelWaiter waiter) {
        this.router = router;
        this.agentId = agentId;
        this.service = service;
        this.method = method;
        this.waiter = waiter;
    }

    long agentId() {
        return agentId;
    }

    void begin() {
        Tunnels.Waiting waiting = router.own().acquire(agentId, service, method, this);
        boolean done;
        synchronized (this) {
            ownWaiting = waiting;
            done = over;
        }
        if (done) {
            waiting.cancel();
            return;
        }
        if (!router.looks(this)) {
            refuse(router.tooMany());
            return;
        }
        Scheduler.Scheduled planned =
                router.scheduler().schedule(router.limits().waitMax(), this::expire);
        synchronized (this) {
            looking = true;
            end = planned;
            done = over;
        }
        if (done) {
            planned.cancel();
            router.looksNoMore(this);
            return;
        }
        askMore();
    }

    /** Asks the next that has not been asked; gives up when there is no hope. */
    void askMore() {
        List<KasPlace> candidates = router.directory().candidates(agentId);
        RemoteTunnel question = null;
        boolean hopeless = false;
        synchronized (this) {
            if (over) {
                return;
            }
            cancel(next);
            next = null;
            KasPlace place = candidates.stream()
                    .filter(one -> !asked.containsKey(one) && !refused.contains(one))
                    .findFirst()
                    .orElse(null);
            if (place != null) {
                question = router.call(place, this, service, method);
                asked.put(place, question);
                everAsked.add(place);
                next = router.scheduler().schedule(router.limits().nextAfter(), this::askMore);
            } else if (asked.isEmpty()) {
                boolean mayCome = !candidates.isEmpty() || router.directory().mayCome(agentId);
                hopeless = ownRefusal != null && !mayCome;
                if (!hopeless) {
                    next = router.scheduler().schedule(router.limits().again(), this::askAgain);
                }
            }
        }
        if (question != null) {
            question.start(agentId);
        } else if (hopeless) {
            refuse(refusal());
        }
    }

    private void askAgain() {
        synchronized (this) {
            refused.clear();
        }
        askMore();
    }

    private void expire() {
        refuse(refusal());
    }

    private synchronized NoTunnel refusal() {
        NoTunnel own = ownRefusal;
        Duration waited = router.limits().waitMax();
        boolean current = router.directory().current();
        if (own instanceof NoTunnel.NotConnected && everAsked.isEmpty() && current) {
            return own;
        }
        return own == null || own instanceof NoTunnel.NotConnected
                ? new NoTunnel.NotReached(everAsked.size(), current, waited)
                : own;
    }

    // This kas answers.

    @Override
    public void onTunnel(TunnelCall call) {
        if (finish()) {
            waiter.onTunnel(call);
        } else {
            call.giveBack();
        }
    }

    @Override
    public void onNoTunnel(NoTunnel reason) {
        boolean goOn = switch (reason) {
            case NoTunnel.NotConnected gone -> true;
            case NoTunnel.AllBusy busy -> true;
            case NoTunnel.NotReached elsewhere -> true;
            case NoTunnel.TooManyWaiting many -> false;
            // Another kas may have the agent, or will when it has moved.
            case NoTunnel.ShuttingDown stopping -> true;
        };
        boolean begun;
        synchronized (this) {
            ownRefusal = reason;
            begun = looking;
        }
        if (!goOn) {
            refuse(reason);
        } else if (begun) {
            askMore();
        }
    }

    // Others answer.

    @Override
    public void found(RemoteTunnel tunnel) {
        synchronized (this) {
            asked.remove(tunnel.place(), tunnel);
        }
        if (finish()) {
            router.forwardedOne();
            waiter.onTunnel(tunnel);
        } else {
            tunnel.giveBack();
        }
    }

    @Override
    public void noneYet(RemoteTunnel tunnel) {
        askMore();
    }

    @Override
    public void refused(RemoteTunnel tunnel, Status why) {
        synchronized (this) {
            asked.remove(tunnel.place(), tunnel);
            refused.add(tunnel.place());
        }
        askMore();
    }

    // The end.

    @Override
    public void cancel() {
        finish();
    }

    private void refuse(NoTunnel reason) {
        if (finish()) {
            router.notFoundOne();
            waiter.onNoTunnel(reason);
        }
    }

    /** Moves to the end, once; whoever was asked besides need not answer. */
    private boolean finish() {
        List<RemoteTunnel> rest;
        Tunnels.Waiting waiting;
        synchronized (this) {
            if (over) {
                return false;
            }
            over = true;
            rest = List.copyOf(asked.values());
            asked.clear();
            waiting = ownWaiting;
            cancel(next);
            cancel(end);
        }
        if (waiting != null) {
            waiting.cancel();
        }
        rest.forEach(one -> one.cancel("another kas was quicker, or the request has gone"));
        if (looking) {
            router.looksNoMore(this);
        }
        return true;
    }

    private static void cancel(Scheduler.@Nullable Scheduled planned) {
        if (planned != null) {
            planned.cancel();
        }
    }
}
