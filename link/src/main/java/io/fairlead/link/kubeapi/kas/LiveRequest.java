package io.fairlead.link.kubeapi.kas;

import io.fairlead.gitlab.api.AccessChanges;
import io.fairlead.link.identity.Identity;
import io.fairlead.link.identity.ProxyAccess;
import io.fairlead.link.identity.ProxyCredential;
import io.fairlead.link.identity.ProxyDecision;
import io.fairlead.link.kubeapi.kas.Reviews.Cause;
import io.fairlead.wire.http.HttpExchange;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one request's being let in rests on, for as long as it runs.
 *
 * <p>States: <b>deciding</b> (the first answer has not come) → <b>granted</b> → <b>due</b> (to be asked about again, when
 * {@link Reviews} gives it its turn) → <b>asking</b> → granted, by the same answer; another one cuts the request, none leaves it
 * <b>unsure</b>, asked about now and then, which too long cuts it as well → <b>left</b> (the request is over).
 *
 * <p>A change may overtake an answer, which then says what was right before it. The first answer is asked for again, if the
 * change concerns it; when that goes on and on, it counts: it is younger than the request, and is asked for again at once. An
 * answer that says once more what was granted counts as well, and the next is due: somebody who changes things without end
 * gets nobody else cut.
 *
 * <p>Part of {@link LiveLoop}'s list, by the fields that lead to its neighbours; all for one event loop.
 */
final class LiveRequest {
    /** The request. */
    interface Holder {
        /** The first answer. Comes once. */
        void decided(ProxyDecision decision);

        /** It may run no longer. */
        void cut(Refusal refusal);
    }

    /** What one question was asked for again because of changes costs so many more at the most. */
    private static final int OVERTAKEN_MAX = 5;

    private static final int UNSURE_ASKED_EVERY_TICKS = 5;
    private static final int TOO_MANY = 429;
    private static final Logger log = LoggerFactory.getLogger(LiveRequest.class);

    // The neighbours in the loop's list; kept after leaving, so that a walk that stands here finds on.
    @Nullable LiveRequest before;

    @Nullable LiveRequest after;

    private final LiveLoop loop;
    private final Reviews reviews;
    private final Holder holder;
    private final ProxyAccess access;
    private final ProxyCredential credential;
    private final HttpExchange exchange;
    private ProxyDecision.@Nullable Allowed granted;
    private boolean asking;
    private @Nullable Cause due;
    /** A bit for each cause for which a turn is waited for, wanted or not: there is one of each at the most. */
    private int turnsWaited;

    private @Nullable AccessChanges overtakenBy;
    private int overtakenTimes;
    private boolean left;
    private int ageTicks;
    private boolean unsure;
    private int unsureTicks;

    LiveRequest(
            LiveLoop loop,
            Reviews reviews,
            Holder holder,
            ProxyAccess access,
            ProxyCredential credential,
            HttpExchange exchange) {
        this.loop = loop;
        this.reviews = reviews;
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
        if (left || (now != null && !concern(changes, now))) {
            return;
        }
        if (asking) {
            overtakenBy = overtakenBy == null ? changes : overtakenBy.and(changes);
        } else {
            askAgain(changes.everyone() ? Cause.ALL : Cause.NAMED);
        }
    }

    private static boolean concern(AccessChanges changes, ProxyDecision.Allowed allowed) {
        Identity who = allowed.who();
        return changes.concern(who.userId(), who instanceof Identity.Job job ? job.jobId() : 0, allowed.agentId());
    }

    /**
     * A second has passed.
     *
     * @param askEvery after how many of them it is asked anew though nothing was heard
     * @param unsureMax how many may pass while GitLab gives no answer
     * @param silent whether it has lately given none to anybody: else those whose turn has not come are not unsure
     */
    void tick(long askEvery, long unsureMax, boolean silent) {
        if (left || granted == null) {
            return;
        }
        boolean unanswered = asking && ageTicks >= UNSURE_ASKED_EVERY_TICKS;
        if (due == null ? unsure || unanswered : silent) {
            unsureTicks++;
            if (unsureTicks > unsureMax) {
                holder.cut(new Refusal(
                        503,
                        "GitLab could not be asked for " + unsureMax
                                + " s whether you may still do this; try again when it is back"));
                return;
            }
        }
        ageTicks++;
        if (due == null && !asking && ageTicks >= (unsure ? UNSURE_ASKED_EVERY_TICKS : askEvery)) {
            askAgain(Cause.ALL);
        }
    }

    /** The request is given up for want of anybody to ask. */
    void lost(Refusal refusal) {
        if (!left && granted != null) {
            holder.cut(refusal);
        }
    }

    private void askAgain(Cause cause) {
        if (due == null || cause.compareTo(due) < 0) {
            due = cause;
            if ((turnsWaited & bit(cause)) == 0) {
                turnsWaited |= bit(cause);
                reviews.ask(this, cause);
            }
        }
    }

    private static int bit(Cause cause) {
        return 1 << cause.ordinal();
    }

    /** Any thread's. @return false when there is no loop any more to take the turn on */
    boolean turn(Cause cause) {
        try {
            exchange.loop().execute(() -> review(cause));
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private void review(Cause cause) {
        turnsWaited &= ~bit(cause);
        // It may have had its turn for a better cause.
        if (left || due != cause) {
            reviews.over(cause);
            return;
        }
        due = null;
        ageTicks = 0;
        asking = true;
        overtakenBy = null;
        access.review(credential, exchange.client()).whenComplete((decision, error) -> {
            reviews.over(cause);
            inLoop(() -> reviewed(answer(decision, error)));
        });
    }

    private void ask() {
        asking = true;
        overtakenBy = null;
        access.decide(credential, exchange.client())
                .whenComplete((decision, error) -> inLoop(() -> decided(answer(decision, error))));
    }

    private void inLoop(Runnable task) {
        if (exchange.inLoop()) {
            task.run();
        } else {
            exchange.loop().execute(task);
        }
    }

    private static ProxyDecision answer(@Nullable ProxyDecision decision, @Nullable Throwable error) {
        if (decision == null) {
            log.error("access could not be decided", error);
            return new ProxyDecision.Refused(500, "Internal error: access could not be decided");
        }
        return decision;
    }

    private void decided(ProxyDecision answer) {
        asking = false;
        if (left) {
            return;
        }
        if (!(answer instanceof ProxyDecision.Allowed allowed)) {
            holder.decided(answer);
            return;
        }
        AccessChanges changes = overtakenBy;
        boolean overtaken = changes != null && concern(changes, allowed);
        if (overtaken && overtakenTimes < OVERTAKEN_MAX) {
            overtakenTimes++;
            ask();
            return;
        }
        granted = allowed;
        if (overtaken) {
            askAgain(Cause.NAMED);
        }
        holder.decided(answer);
    }

    private void reviewed(ProxyDecision answer) {
        asking = false;
        ProxyDecision.Allowed now = granted;
        if (left || now == null) {
            return;
        }
        switch (answer) {
            case ProxyDecision.Allowed allowed -> {
                if (!same(now, allowed)) {
                    holder.cut(new Refusal(
                            403,
                            "Forbidden: as whom you act with this agent has changed while the request ran; send it"
                                    + " again"));
                    return;
                }
                unsure = false;
                unsureTicks = 0;
                loop.answered();
            }
            case ProxyDecision.Refused(int status, String message) -> {
                if (status < 500 && status != TOO_MANY) {
                    loop.answered();
                    holder.cut(new Refusal(status, message + " (access was withdrawn while the request ran)"));
                    return;
                }
                unsure = true;
            }
        }
        AccessChanges changes = overtakenBy;
        if (changes != null) {
            askAgain(changes.everyone() ? Cause.ALL : Cause.NAMED);
        }
    }

    private static boolean same(ProxyDecision.Allowed before, ProxyDecision.Allowed now) {
        return now.agentId() == before.agentId()
                && now.who().equals(before.who())
                && now.impersonation().equals(before.impersonation());
    }
}
