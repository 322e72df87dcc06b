package io.fairlead.link.flux.kas;

import io.fairlead.link.identity.ProjectReaders;
import io.fairlead.link.notifications.ProjectPushes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Which streams follow which project, and the way of a push to them: those that may read the project are told. Does not
 * block. A project is compared by its path without regard to case, as GitLab compares paths.
 */
final class FollowedProjects implements ProjectPushes.Listener {
    private final ProjectReaders readers;
    private final int perAgentMax;
    private final Map<String, Set<ReconcileStream>> streams = new HashMap<>();
    private final Map<Long, Integer> followed = new HashMap<>();

    /** @param perAgentMax how many projects all streams of one agent may follow together */
    FollowedProjects(ProjectReaders readers, int perAgentMax) {
        this.readers = readers;
        this.perAgentMax = perAgentMax;
    }

    /** What a path is compared by. */
    static String key(String path) {
        return path.toLowerCase(Locale.ROOT);
    }

    /** Whether there was room. */
    synchronized boolean add(ReconcileStream stream) {
        int before = followed.getOrDefault(stream.agentId(), 0);
        // Each stream counts for one at least, so that empty ones are bounded too.
        int weight = weight(stream);
        if (before + weight > perAgentMax) {
            return false;
        }
        followed.put(stream.agentId(), before + weight);
        for (String key : stream.keys()) {
            streams.computeIfAbsent(key, absent -> new HashSet<>(2)).add(stream);
        }
        return true;
    }

    /** Undoes one {@link #add} that succeeded. */
    synchronized void remove(ReconcileStream stream) {
        followed.computeIfPresent(
                stream.agentId(), (agent, count) -> count > weight(stream) ? count - weight(stream) : null);
        for (String key : stream.keys()) {
            streams.computeIfPresent(key, (same, following) -> {
                following.remove(stream);
                return following.isEmpty() ? null : following;
            });
        }
    }

    private static int weight(ReconcileStream stream) {
        return Math.max(1, stream.size());
    }

    @Override
    public void pushed(ProjectPushes.Push push) {
        String key = key(push.fullPath());
        List<ReconcileStream> following;
        synchronized (this) {
            following = List.copyOf(streams.getOrDefault(key, Set.of()));
        }
        for (ReconcileStream stream : following) {
            readers.mayRead(stream.token(), push.fullPath()).thenAccept(may -> {
                if (may) {
                    stream.pushed(key);
                }
            });
        }
    }

    /** How many streams and projects are followed, for whoever looks for leaks. */
    synchronized int count() {
        return followed.size() + streams.size();
    }
}
