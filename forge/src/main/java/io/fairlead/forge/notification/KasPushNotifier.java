package io.fairlead.forge.notification;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.thread.VirtualThreads;
import io.fairlead.forge.git.PushEvent;
import io.fairlead.forge.git.PushListener;
import io.fairlead.gitlab.kas.KasApi;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells kas that something was pushed, so that agents have new configuration at once.
 *
 * <p>Calls are made one after another on a thread of their own. Pushes to a project that is still waiting are told once.
 * What cannot be told is dropped: kas looks for itself every few minutes.
 */
public final class KasPushNotifier implements PushListener, Stage {
    private static final Logger log = LoggerFactory.getLogger(KasPushNotifier.class);
    private static final int WAITING_MAX = 10_000;

    private final Supplier<Optional<KasApi>> connect;
    private final Map<Long, PushEvent> waiting = new LinkedHashMap<>();
    private boolean closed;
    private @Nullable Thread worker;
    private @Nullable KasApi kas;

    /**
     * @param connect makes the way to kas; asked until it gives one, since in one process kas starts after the forge. This
     *     class closes it.
     */
    public KasPushNotifier(Supplier<Optional<KasApi>> connect) {
        this.connect = connect;
    }

    @Override
    public void start() {
        worker = VirtualThreads.start("kas-push-notifier", this::work);
    }

    @Override
    public void pushed(PushEvent event) {
        synchronized (waiting) {
            if (waiting.size() < WAITING_MAX) {
                waiting.put(event.projectId(), event);
                waiting.notifyAll();
            }
        }
    }

    private void work() {
        try {
            while (true) {
                PushEvent event = next();
                connected().ifPresent(api -> tell(api, event));
            }
        } catch (InterruptedException e) {
            // The only interruption is that of close.
            Thread.currentThread().interrupt();
        }
    }

    private PushEvent next() throws InterruptedException {
        synchronized (waiting) {
            while (waiting.isEmpty()) {
                waiting.wait();
            }
            Iterator<PushEvent> events = waiting.values().iterator();
            PushEvent event = events.next();
            events.remove();
            return event;
        }
    }

    private void tell(KasApi api, PushEvent event) {
        try {
            api.gitPushed(event.projectId(), event.fullPath());
        } catch (FairleadException e) {
            if (!closed()) {
                log.warn(
                        "kas was not told about a push to {}, agents get their configuration at the next poll: {}",
                        event.fullPath(),
                        e.getMessage());
            }
        }
    }

    private boolean closed() {
        synchronized (waiting) {
            return closed;
        }
    }

    private Optional<KasApi> connected() {
        synchronized (waiting) {
            if (kas == null && !closed) {
                kas = connect.get().orElse(null);
            }
            return closed ? Optional.empty() : Optional.ofNullable(kas);
        }
    }

    /** What still waits is dropped. */
    @Override
    public void close() {
        synchronized (waiting) {
            closed = true;
            if (kas != null) {
                kas.close();
            }
        }
        if (worker != null) {
            worker.interrupt();
        }
    }
}
