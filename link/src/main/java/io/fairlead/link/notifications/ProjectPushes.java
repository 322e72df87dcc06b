package io.fairlead.link.notifications;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes the news of a push on to whoever in this process wants to know. Few listen, for the life of the process. */
public final class ProjectPushes {
    private static final Logger log = LoggerFactory.getLogger(ProjectPushes.class);

    /** Somebody pushed to this project's repository. */
    public record Push(long projectId, String fullPath) {}

    /** Is told of each push, on the thread that brought the news; must not block. */
    @FunctionalInterface
    public interface Listener {
        void pushed(Push push);
    }

    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    public void listen(Listener listener) {
        listeners.add(listener);
    }

    /** Tells all; one that fails does not keep the news from the others. */
    public void publish(Push push) {
        for (Listener listener : listeners) {
            try {
                listener.pushed(push);
            } catch (RuntimeException e) {
                log.error("news of a push to {} was not taken", push.fullPath(), e);
            }
        }
    }
}
