package io.fairlead.link.tunnel.kas;

import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.time.Scheduler;
import io.fairlead.link.identity.AgentToken;
import io.fairlead.link.identity.AgentTokens;
import io.grpc.Status;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Asks again and again about the tokens of open streams, and ends the streams of one that is good no longer, with what runs
 * on them. The answers come from the cache of agent_info, so a token is asked about at GitLab as often as that forgets, and
 * a revoked one lives no longer than that and {@link #PERIOD} together.
 */
public final class TokenWatch implements Stage {
    static final Duration PERIOD = Duration.ofSeconds(30);

    /** Anything else says something of GitLab or the network, not of the token. */
    private static final Set<Status.Code> REFUSALS =
            EnumSet.of(Status.Code.UNAUTHENTICATED, Status.Code.PERMISSION_DENIED, Status.Code.NOT_FOUND);

    private final AgentTokens tokens;
    private final Scheduler scheduler;
    private final Map<AgentToken, Set<ServerTunnel>> open = new ConcurrentHashMap<>();
    private Scheduler.@Nullable Scheduled next;
    private boolean closed;

    TokenWatch(AgentTokens tokens, Scheduler scheduler) {
        this.tokens = tokens;
        this.scheduler = scheduler;
    }

    void opened(AgentToken token, ServerTunnel tunnel) {
        open.compute(token, (any, tunnels) -> {
            Set<ServerTunnel> all = tunnels == null ? ConcurrentHashMap.newKeySet() : tunnels;
            all.add(tunnel);
            return all;
        });
    }

    void ended(AgentToken token, ServerTunnel tunnel) {
        open.computeIfPresent(token, (any, tunnels) -> {
            tunnels.remove(tunnel);
            return tunnels.isEmpty() ? null : tunnels;
        });
    }

    @Override
    public synchronized void start() {
        plan();
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (next != null) {
            next.cancel();
        }
    }

    private synchronized void plan() {
        if (!closed) {
            next = scheduler.schedule(PERIOD, this::look);
        }
    }

    private void look() {
        try {
            for (AgentToken token : new HashSet<>(open.keySet())) {
                tokens.authenticate(token).whenComplete((info, error) -> {
                    if (error != null) {
                        answered(token, Status.fromThrowable(error));
                    }
                });
            }
        } finally {
            plan();
        }
    }

    private void answered(AgentToken token, Status status) {
        if (REFUSALS.contains(status.getCode())) {
            for (ServerTunnel tunnel : open.getOrDefault(token, Set.of())) {
                tunnel.revoke(status);
            }
        }
    }
}
