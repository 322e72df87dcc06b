package io.fairlead.link.kubeapi.kas;

import io.fairlead.gitlab.api.AccessChanges;
import io.fairlead.link.identity.Identity;
import io.fairlead.link.identity.ProxyAccess;
import io.fairlead.link.identity.ProxyCredential;
import io.fairlead.link.identity.ProxyDecision;
import io.fairlead.wire.http.HttpExchange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one request's being let in rests on, for as long as it runs.
 *
 * <p>States: <b>asking</b> (the first answer has not come) → <b>granted</b> → while granted asked again, as often as something
 * changes: the same answer leaves it granted, another one cuts the request, none leaves it <b>unsure</b>, which too long cuts it
 * as well → <b>left</b> (the request is over). A change that comes while an answer is on its way makes that answer worthless.
 *
 * <p>Part of {@link LiveLoop}'s list, by the fields that lead to its neighbours; all for one event loop.
 */
final class Standing {
    /** The request. */
    interface Holder {
        /** The first answer. Comes once. */
        void decided(ProxyDecision decision);

        /** It may run no longer. */
        void cut(Refusal refusal);
    }

    /** Changes come ten times a second at the most, answers in milliseconds. */
    private static final int OVERTAKEN_MAX = 5;

    private static final int UNSURE_ASKED_EVERY_TICKS = 5;
    private static final Logger log = LoggerFactory.getLogger(Standing.class);

    // The neighbours in the loop's list; kept after leaving, so that a walk that stands here finds on.
    @Nullable Standing before;

    @Nullable Standing after;

    private final LiveLoop loop;
    private final Holder holder;
    private final ProxyAccess access;
    private final ProxyCredential credential;
    private final HttpExchange exchange;
    private ProxyDecision.@Nullable Allowed granted;
    private boolean asking;
    private boolean overtaken;
    private int overtakenTimes;
    private boolean left;
    private int ageTicks;
    private int unsureTicks;

    Standing(LiveLoop loop, Holder holder, ProxyAccess access, ProxyCredential credential, HttpExchange exchange) {
        this.loop = loop;
        this.holder = holder;
        this.access = access;
        this.credential = credential;
        this.exchange = exchange;
    }

    /** Asks for the first answer; it may come before this returns. */
    void begin() {
        loop.add(this);
        ask();
    }

    void leave() {
        if (!left) {
            left = true;
            loop.remove(this);
        }
    }

    /** Asks again if what was granted may be wrong now. */
    void changed(AccessChanges changes) {
        ProxyDecision.Allowed now = granted;
        if (now == null) {
            overtaken = true;
        } else if (changes.concern(now.who().userId(), jobId(now.who()), now.agentId())) {
            askAgain();
        }
    }

    private static long jobId(Identity who) {
        return who instanceof Identity.Job job ? job.jobId() : 0;
    }

    /**
     * A second has passed.
     *
     * @param askEvery after how many of them it is asked anew though nothing was heard
     * @param unsureMax how many may pass without an answer
     */
    void tick(long askEvery, long unsureMax) {
        if (left || granted == null) {
            return;
        }
        if (unsureTicks > 0) {
            unsureTicks++;
            if (unsureTicks > unsureMax) {
                holder.cut(new Refusal(
                        503,
                        "GitLab could not be asked for " + unsureMax
                                + " s whether you may still do this; try again when it is back"));
            } else if (unsureTicks % UNSURE_ASKED_EVERY_TICKS == 0) {
                askAgain();
            }
        } else if (++ageTicks >= askEvery) {
            askAgain();
        }
    }

    /** The request is given up for want of anybody to ask. */
    void lost(Refusal refusal) {
        if (!left && granted != null) {
            holder.cut(refusal);
        }
    }

    private void askAgain() {
        if (left) {
            return;
        }
        ageTicks = 0;
        if (asking) {
            overtaken = true;
        } else {
            ask();
        }
    }

    private void ask() {
        asking = true;
        overtaken = false;
        access.decide(credential, exchange.client()).whenComplete((decision, error) -> {
            if (exchange.inLoop()) {
                answered(decision, error);
            } else {
                exchange.loop().execute(() -> answered(decision, error));
            }
        });
    }

    private void answered(@Nullable ProxyDecision decision, @Nullable Throwable error) {
        asking = false;
        if (left) {
            return;
        }
        if (overtaken && overtakenTimes < OVERTAKEN_MAX) {
            overtakenTimes++;
            ask();
            return;
        }
        ProxyDecision answer = overtaken ? changingTooFast() : answer(decision, error);
        overtakenTimes = 0;
        ProxyDecision.Allowed now = granted;
        if (now == null) {
            granted = answer instanceof ProxyDecision.Allowed allowed ? allowed : null;
            holder.decided(answer);
        } else {
            compare(now, answer);
        }
    }

    private static ProxyDecision changingTooFast() {
        return new ProxyDecision.Refused(
                500, "Internal error: access changes faster than it can be decided; try again");
    }

    private static ProxyDecision answer(@Nullable ProxyDecision decision, @Nullable Throwable error) {
        if (decision == null) {
            log.error("access could not be decided", error);
            return new ProxyDecision.Refused(500, "Internal error: access could not be decided");
        }
        return decision;
    }

    private void compare(ProxyDecision.Allowed before, ProxyDecision answer) {
        switch (answer) {
            case ProxyDecision.Allowed allowed -> {
                unsureTicks = 0;
                boolean same = allowed.agentId() == before.agentId()
                        && allowed.who().equals(before.who())
                        && allowed.impersonation().equals(before.impersonation());
                if (!same) {
                    holder.cut(new Refusal(
                            403,
                            "Forbidden: as whom you act with this agent has changed while the request ran; send it"
                                    + " again"));
                }
            }
            case ProxyDecision.Refused(int status, String message) -> {
                if (status >= 500 || status == 429) {
                    unsureTicks = Math.max(1, unsureTicks);
                } else {
                    holder.cut(new Refusal(status, message + " (access was withdrawn while the request ran)"));
                }
            }
        }
    }
}
