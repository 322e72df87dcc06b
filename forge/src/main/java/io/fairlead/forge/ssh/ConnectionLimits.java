package io.fairlead.forge.ssh;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts connections and cuts off those above the limits at once. A connection is a stranger's until somebody has signed
 * in; strangers have a limit of their own, so that they never take the place of those who work.
 */
final class ConnectionLimits implements SessionListener {
    private static final Logger log = LoggerFactory.getLogger(ConnectionLimits.class);

    private final SshListenerConfig config;
    /** Every open connection that was let in; the value is where a stranger is, or nothing for who has signed in. */
    private final Map<Session, String> open = new HashMap<>();

    private final Map<String, Integer> strangers = new HashMap<>();
    private int strangersCount;

    private static final String KNOWN = "";

    ConnectionLimits(SshListenerConfig config) {
        this.config = config;
    }

    @Override
    public void sessionCreated(Session session) {
        if (!letIn(session, address(session))) {
            log.debug("too many SSH connections, one of {} is refused", session.getRemoteAddress());
            session.close(true);
        }
    }

    @Override
    public void sessionEvent(Session session, Event event) {
        if (event == Event.Authenticated) {
            synchronized (open) {
                String stranger = open.replace(session, KNOWN);
                if (stranger != null) {
                    forget(stranger);
                }
            }
        }
    }

    @Override
    public void sessionClosed(Session session) {
        synchronized (open) {
            String stranger = open.remove(session);
            if (stranger != null) {
                forget(stranger);
            }
        }
    }

    private boolean letIn(Session session, String address) {
        synchronized (open) {
            if (open.size() >= config.connectionsMax()
                    || strangersCount >= config.strangersMax()
                    || strangers.getOrDefault(address, 0) >= config.strangersPerAddressMax()) {
                return false;
            }
            open.put(session, address);
            strangers.merge(address, 1, Integer::sum);
            strangersCount++;
            return true;
        }
    }

    private void forget(String stranger) {
        if (stranger.equals(KNOWN)) {
            return;
        }
        strangersCount--;
        strangers.computeIfPresent(stranger, (address, count) -> count == 1 ? null : count - 1);
    }

    private static String address(Session session) {
        InetAddress address =
                session.getRemoteAddress() instanceof InetSocketAddress remote ? remote.getAddress() : null;
        return address == null ? "?" : address.getHostAddress();
    }
}
