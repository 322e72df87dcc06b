package io.fairlead.forge.revocation;

import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import io.fairlead.gitlab.api.AccessChanges;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * {@code GET /internal/kubernetes/access_changes}: an answer that goes on, a line for each change and at least one a second.
 * The first line is the position. Ours: GitLab has no such route.
 */
public final class AccessChangeRoutes {
    /** A line comes this often, whether there is news or not. */
    static final Duration LINE_EVERY = Duration.ofSeconds(1);

    private final AccessChangeFeed feed;

    public AccessChangeRoutes(AccessChangeFeed feed) {
        this.feed = feed;
    }

    public List<Route> routes() {
        return List.of(Route.api(Method.GET, "/internal/kubernetes/access_changes", new Access.Kas(), this::changes));
    }

    private Reply changes(Exchange exchange) {
        AccessSubscriber subscriber = feed.listen();
        return Reply.stream("application/x-ndjson", out -> {
            try {
                write(subscriber.next(Duration.ZERO), out);
                while (true) {
                    AccessChanges changes = subscriber.next(LINE_EVERY);
                    if (subscriber.ended()) {
                        throw new IOException("another listens in its place");
                    }
                    if (!feed.looking()) {
                        // A line would say that nothing else changed, which nobody knows.
                        throw new IOException("changes of access are not known at the moment");
                    }
                    write(changes, out);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("the forge is stopping", e);
            } finally {
                feed.leave(subscriber);
            }
        });
    }

    private static void write(AccessChanges changes, OutputStream out) throws IOException {
        out.write((changes.line() + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
