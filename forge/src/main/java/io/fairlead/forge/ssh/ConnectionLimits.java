package io.fairlead.forge.ssh;

import io.fairlead.base.net.ClientSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts connections and cuts off those above the limits at once. A connection is a stranger's until somebody has signed
 * in; strangers have places of their own, so that they never take those of people who work, and each key has its share of the
 * rest.
 */
final class ConnectionLimits implements SessionListener {
    private static final Logger log = LoggerFactory.getLogger(ConnectionLimits.class);

    private final SshListenerConfig config;
    private final StrangerPlaces<Session> strangers;
    /** Of everybody who has signed in, the key. */
    private final Map<Session, String> known = new HashMap<>();

    ConnectionLimits(SshListenerConfig config) {
        this.config = config;
        this.strangers = new StrangerPlaces<>(config.strangersMax(), config.strangersPerAddressMax());
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
        String key =
                Optional.ofNullable(session.getAttribute(KeySignIn.FINGERPRINT)).orElse("");
        synchronized (known) {
            strangers.leave(session);
            long ofKey = known.values().stream().filter(key::equals).count();
            if (known.size() >= config.connectionsMax() || ofKey >= config.connectionsPerKeyMax()) {
                return false;
            }
            known.put(session, key);
            return true;
        }
    }

    @Override
    public void sessionClosed(Session session) {
        synchronized (known) {
            strangers.leave(session);
            known.remove(session);
        }
    }

    private static void cut(Session session) {
        log.debug("too many SSH connections, one of {} is cut off", session.getRemoteAddress());
        session.close(true);
    }
}
