package io.fairlead.forge.revocation;

import io.fairlead.forge.database.Database;
import io.fairlead.gitlab.api.AccessChanges;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** What the triggers of the database have noted of changed rights, and what ends by itself. */
public final class AccessChangeQueries {
    /** More at once are not told apart. */
    static final int ROWS_MAX = 5_000;

    private final Database database;

    public AccessChangeQueries(Database database) {
        this.database = database;
    }

    /** One note. */
    record Row(long id, AccessChanges changes) {}

    /** The newest there is, 0 for none. */
    long newest() {
        return database.read(handle -> handle.createQuery("select coalesce(max(id), 0) from access_changes")
                .mapTo(Long.class)
                .one());
    }

    /** Those after one id and up to another, {@link #ROWS_MAX} at the most, the newest first. */
    List<Row> between(long after, long upTo) {
        return database.read(handle -> handle.createQuery(
                        "select id, kind, subject_id from access_changes where id > :after and id <= :upTo"
                                + " order by id desc limit :max")
                .bind("after", after)
                .bind("upTo", upTo)
                .bind("max", ROWS_MAX)
                .map((row, context) -> row(row))
                .list());
    }

    /** The ids of those, {@code max} at the most. */
    List<Long> ids(long after, long upTo, int max) {
        return database.read(handle -> handle.createQuery(
                        "select id from access_changes where id > :after and id <= :upTo limit :max")
                .bind("after", after)
                .bind("upTo", upTo)
                .bind("max", max)
                .mapTo(Long.class)
                .list());
    }

    /** How many there are of those. */
    int count(long after, long upTo) {
        return database.read(
                handle -> handle.createQuery("select count(*) from access_changes where id > :after and id <= :upTo")
                        .bind("after", after)
                        .bind("upTo", upTo)
                        .mapTo(Integer.class)
                        .one());
    }

    private static Row row(ResultSet row) throws SQLException {
        long id = row.getLong("id");
        Set<Long> subject = Set.of(row.getLong("subject_id"));
        AccessChanges changes = switch (row.getString("kind")) {
            case "user" -> new AccessChanges(id, false, false, subject, Set.of(), Set.of());
            case "agent" -> new AccessChanges(id, false, false, Set.of(), subject, Set.of());
            case "job" -> new AccessChanges(id, false, false, Set.of(), Set.of(), subject);
            default -> new AccessChanges(id, false, true, Set.of(), Set.of(), Set.of());
        };
        return new Row(id, changes);
    }

    /** Jobs whose tokens have ended by themselves after one moment and up to another. */
    Set<Long> jobsEnded(Instant after, Instant until) {
        return new HashSet<>(database.read(handle -> handle.createQuery(
                        "select job_id from job_tokens where expires_at > :after and expires_at <= :until limit :max")
                .bind("after", after.toEpochMilli())
                .bind("until", until.toEpochMilli())
                .bind("max", ROWS_MAX)
                .mapTo(Long.class)
                .list()));
    }

    /** The agents of projects. */
    Set<Long> agentsOf(Set<Long> projectIds) {
        return new HashSet<>(database.read(handle -> agentsOf(handle, projectIds)));
    }

    private static List<Long> agentsOf(Handle handle, Set<Long> projectIds) {
        return handle.createQuery("select id from cluster_agents where project_id in (<projects>) limit :max")
                .bindList("projects", projectIds)
                .bind("max", ROWS_MAX)
                .mapTo(Long.class)
                .list();
    }

    /** Takes the old ones away. */
    void forgetUpTo(long id) {
        database.write(handle -> handle.createUpdate("delete from access_changes where id <= :id")
                .bind("id", id)
                .execute());
    }
}
