package io.fairlead.gitlab.api;

import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Whose rights may have changed: one line of {@code GET /internal/kubernetes/access_changes}, which is ours and no real GitLab
 * has. A line without anybody in it says that all is as it was.
 *
 * @param position grows with each change
 * @param everything whatever was answered before may be wrong, about agents too
 * @param everyone whatever was answered about people and jobs may be wrong
 * @param users ids of people, bots included
 * @param agents ids of agents: their tokens, their configuration, or that they are gone
 * @param jobs ids of jobs
 */
public record AccessChanges(
        long position, boolean everything, boolean everyone, Set<Long> users, Set<Long> agents, Set<Long> jobs) {
    /** More names than this of one kind are not told apart. */
    public static final int NAMED_MAX = 1_000;

    /** Of a line as text: as many ids as may be in it, of 20 digits each. */
    public static final int LINE_CHARS_MAX = 3 * NAMED_MAX * 21 + 1_000;

    private static final String POSITION = "position";
    private static final String EVERYTHING = "everything";
    private static final String EVERYONE = "everyone";
    private static final String USERS = "users";
    private static final String AGENTS = "agents";
    private static final String JOBS = "jobs";
    private static final Set<String> KEYS = Set.of(POSITION, EVERYTHING, EVERYONE, USERS, AGENTS, JOBS);

    public AccessChanges {
        boolean crowded = users.size() > NAMED_MAX || agents.size() > NAMED_MAX || jobs.size() > NAMED_MAX;
        everything = everything || agents.size() > NAMED_MAX;
        everyone = everything || everyone || crowded;
        users = everyone ? Set.of() : Set.copyOf(users);
        jobs = everyone ? Set.of() : Set.copyOf(jobs);
        agents = everything ? Set.of() : Set.copyOf(agents);
    }

    public static AccessChanges none(long position) {
        return new AccessChanges(position, false, false, Set.of(), Set.of(), Set.of());
    }

    /** As when nobody knows what was missed. */
    public static AccessChanges everything(long position) {
        return new AccessChanges(position, true, true, Set.of(), Set.of(), Set.of());
    }

    /** Whether all is as it was. */
    public boolean none() {
        return !everyone && users.isEmpty() && agents.isEmpty() && jobs.isEmpty();
    }

    /** Both. */
    public AccessChanges and(AccessChanges later) {
        return new AccessChanges(
                Math.max(position, later.position),
                everything || later.everything,
                everyone || later.everyone,
                union(users, later.users),
                union(agents, later.agents),
                union(jobs, later.jobs));
    }

    private static Set<Long> union(Set<Long> one, Set<Long> other) {
        if (one.isEmpty() || other.isEmpty()) {
            return one.isEmpty() ? other : one;
        }
        Set<Long> both = new HashSet<>(one);
        both.addAll(other);
        return both;
    }

    /** Whether what was answered about someone, who is no job when {@code jobId} is 0, and an agent may be wrong now. */
    public boolean concern(long userId, long jobId, long agentId) {
        return everyone
                || (!users.isEmpty() && users.contains(userId))
                || (!agents.isEmpty() && agents.contains(agentId))
                || (jobId != 0 && jobs.contains(jobId));
    }

    /** As JSON, without the line's end. */
    public String line() {
        Map<String, Object> keys = new TreeMap<>();
        keys.put(POSITION, position);
        if (everything) {
            keys.put(EVERYTHING, true);
        } else if (everyone) {
            keys.put(EVERYONE, true);
        }
        put(keys, USERS, users);
        put(keys, AGENTS, agents);
        put(keys, JOBS, jobs);
        return GitLabJson.MAPPER.writeValueAsString(keys);
    }

    private static void put(Map<String, Object> keys, String key, Collection<Long> ids) {
        if (!ids.isEmpty()) {
            keys.put(key, new TreeSet<>(ids));
        }
    }

    /**
     * Reads a line. One that names something this version does not know may mean anybody.
     *
     * @throws IllegalArgumentException when it is no such line; the message says what is wrong with it
     */
    public static AccessChanges parse(String line) {
        if (line.length() > LINE_CHARS_MAX) {
            throw new IllegalArgumentException("a line has more than " + LINE_CHARS_MAX + " characters");
        }
        JsonNode tree;
        try {
            tree = GitLabJson.MAPPER.readTree(line);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("a line is not JSON", e);
        }
        if (!tree.isObject() || !tree.path(POSITION).isIntegralNumber()) {
            throw new IllegalArgumentException("a line has no position");
        }
        boolean unknown = tree.propertyNames().stream().anyMatch(key -> !KEYS.contains(key));
        return new AccessChanges(
                tree.path(POSITION).asLong(),
                unknown || flag(tree, EVERYTHING),
                flag(tree, EVERYONE),
                ids(tree, USERS),
                ids(tree, AGENTS),
                ids(tree, JOBS));
    }

    private static boolean flag(JsonNode tree, String key) {
        JsonNode value = tree.path(key);
        if (!value.isMissingNode() && !value.isBoolean()) {
            throw new IllegalArgumentException(key + " is not true or false");
        }
        return value.asBoolean(false);
    }

    private static Set<Long> ids(JsonNode tree, String key) {
        JsonNode list = tree.path(key);
        if (list.isMissingNode()) {
            return Set.of();
        }
        if (!list.isArray()) {
            throw new IllegalArgumentException(key + " is no list");
        }
        Set<Long> ids = new HashSet<>();
        for (JsonNode id : list) {
            if (!id.isIntegralNumber() || !id.canConvertToLong()) {
                throw new IllegalArgumentException(key + " has what is no id");
            }
            ids.add(id.asLong());
        }
        return ids;
    }
}
