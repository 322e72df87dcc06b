package io.fairlead.link.tunnel.kas;

import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.time.Scheduler;
import io.fairlead.gitlab.api.AccessChanges;
import io.fairlead.link.identity.AccessListener;
import io.fairlead.link.identity.AgentToken;
import io.fairlead.link.identity.AgentTokens;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Asks again and again about the tokens of open streams, and ends the streams of one that is good no longer, with what runs
 * on them: at once when GitLab says that something changed, else every {@link #PERIOD}. The answers come from the cache of
 * agent_info, so a token is asked about at GitLab as often as that forgets.
 */
public final class TokenWatch implements Stage, AccessListener {
    static final Duration PERIOD = Duration.ofSeconds(30);

    /** Together four fifths of the calls to GitLab that kas has by default. */
    static final int ASKED_AT_ONCE = 20;

    static final Duration ASKED_EVERY = Duration.ofMillis(500);

    /** Anything else says something of GitLab or the network, not of the token. */
    private static final Set<Status.Code> REFUSALS =
            EnumSet.of(Status.Code.UNAUTHENTICATED, Status.Code.PERMISSION_DENIED, Status.Code.NOT_FOUND);

    private final AgentTokens tokens;
    private final Scheduler scheduler;
    private final Map<AgentToken, Set<ServerTunnel>> open = new ConcurrentHashMap<>();
    private final LinkedHashSet<AgentToken> waiting = new LinkedHashSet<>();
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

    /** What was remembered of these agents' tokens is forgotten already. */
    @Override
    public void changed(AccessChanges changes) {
        if (changes.everything()) {
            lookAtAll();
        } else if (!changes.agents().isEmpty()) {
            lookFirstAt(changes.agents());
        }
    }

    /** Theirs may be revoked, and waits for nobody's that may as well be good. */
    private void lookFirstAt(Set<Long> agents) {
        List<AgentToken> theirs = new ArrayList<>();
        open.forEach((token, tunnels) -> {
            if (tunnels.stream().anyMatch(tunnel -> tunnel.mayBelongTo(agents))) {
                theirs.add(token);
            }
        });
        List<AgentToken> later = theirs.subList(Math.min(ASKED_AT_ONCE, theirs.size()), theirs.size());
        synchronized (waiting) {
            boolean begin = waiting.isEmpty() && !later.isEmpty();
            later.reversed().forEach(waiting::addFirst);
            if (begin) {
                scheduler.schedule(ASKED_EVERY, this::askSome);
            }
        }
        theirs.stream().limit(ASKED_AT_ONCE).forEach(this::ask);
    }

    private synchronized void plan() {
        if (!closed) {
            next = scheduler.schedule(PERIOD, this::look);
        }
    }

    private void look() {
        try {
            lookAtAll();
        } finally {
            plan();
        }
    }

    /** Those for which GitLab must be asked wait for their turn: new agents want to ask it too. */
    private void lookAtAll() {
        boolean first;
        synchronized (waiting) {
            first = waiting.isEmpty();
            for (AgentToken token : open.keySet()) {
                if (!tokens.remembers(token)) {
                    waiting.add(token);
                }
            }
        }
        for (AgentToken token : new HashSet<>(open.keySet())) {
            if (tokens.remembers(token)) {
                ask(token);
            }
        }
        if (first) {
            askSome();
        }
    }

    private void askSome() {
        List<AgentToken> some = new ArrayList<>();
        synchronized (waiting) {
            Iterator<AgentToken> all = waiting.iterator();
            while (all.hasNext() && some.size() < ASKED_AT_ONCE) {
                some.add(all.next());
                all.remove();
            }
            if (!waiting.isEmpty()) {
                scheduler.schedule(ASKED_EVERY, this::askSome);
            }
        }
        some.forEach(this::ask);
    }

    private void ask(AgentToken token) {
        if (!open.containsKey(token)) {
            return;
        }
        tokens.authenticate(token).whenComplete((info, error) -> {
            if (error != null) {
                answered(token, Status.fromThrowable(error));
            }
        });
    }

    private void answered(AgentToken token, Status status) {
        if (REFUSALS.contains(status.getCode())) {
            for (ServerTunnel tunnel : open.getOrDefault(token, Set.of())) {
                tunnel.revoke(status);
            }
        }
    }
}
