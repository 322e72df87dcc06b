package io.fairlead.forge.ssh;

import io.fairlead.base.net.ClientSource;
import java.util.Optional;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts connections and cuts off those above the limits at once. A connection is a stranger's until somebody has signed
 * in; strangers have places of their own, so that they never take those of people who work, and each person or deploy key has
 * a share of the rest.
 */
final class ConnectionLimits implements SessionListener {
    private static final Logger log = LoggerFactory.getLogger(ConnectionLimits.class);

    private final StrangerPlaces<Session> strangers;
    private final HolderPlaces<Session> known;

    ConnectionLimits(SshListenerConfig config) {
        this.strangers = new StrangerPlaces<>(config.strangersMax(), config.strangersPerAddressMax());
        this.known = new HolderPlaces<>(config.connectionsMax(), config.connectionsPerHolderMax());
    }

    @Override
    public void sessionCreated(Session session) {
        StrangerPlaces.Admission<Session> admission;
        synchronized (known) {
            admission = strangers.enter(session, ClientSource.of(session.getRemoteAddress()));
        }
        switch (admission) {
            case StrangerPlaces.Admission.Admitted<Session> _ -> {}
            case StrangerPlaces.Admission.AdmittedInsteadOf<Session>(Session gone) -> cut(gone);
            case StrangerPlaces.Admission.Refused<Session> _ -> cut(session);
        }
    }

    @Override
    public void sessionEvent(Session session, Event event) {
        if (event == Event.Authenticated && !signedIn(session)) {
            cut(session);
        }
    }

    private boolean signedIn(Session session) {
        String holder =
                Optional.ofNullable(session.getAttribute(KeySignIn.HOLDER)).orElse("");
        synchronized (known) {
            strangers.leave(session);
            return known.enter(session, holder);
        }
    }

    @Override
    public void sessionClosed(Session session) {
        synchronized (known) {
            strangers.leave(session);
            known.leave(session);
        }
    }

    private static void cut(Session session) {
        log.debug("too many SSH connections, one of {} is cut off", session.getRemoteAddress());
        session.close(true);
    }
}
