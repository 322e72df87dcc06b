package io.fairlead.forge.job;

import io.fairlead.forge.database.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Jobs in the database. */
public final class JobQueries {
    /** After its time is over a job is remembered so long. */
    private static final Duration REMEMBERED = Duration.ofDays(30);

    private final Database database;
    private final InstantSource clock;

    public JobQueries(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Begins a job. */
    Job begin(Job.Draft draft) {
        Instant now = clock.instant();
        return database.write(handle -> {
            handle.createUpdate("delete from jobs where expires_at < :before")
                    .bind("before", now.minus(REMEMBERED).toEpochMilli())
                    .execute();
            return handle.createQuery("""
                            insert into jobs (project_id, user_id, created_by_user_id, ref, protected_ref, environment_name,
                              created_at, expires_at)
                            values (:project, :user, :creator, :ref, :protected, :environment, :now, :expires)
                            returning *""")
                    .bind("project", draft.projectId())
                    .bind("user", draft.userId())
                    .bind("creator", draft.createdByUserId())
                    .bind("ref", draft.ref())
                    .bind("protected", draft.protectedRef() ? 1 : 0)
                    .bind("environment", draft.environmentName())
                    .bind("now", now.toEpochMilli())
                    .bind("expires", draft.expiresAt().toEpochMilli())
                    .map((row, context) -> job(row))
                    .one();
        });
    }

    /** Whether a project has such a job, running or ended. */
    boolean has(long projectId, long jobId) {
        return database.read(
                handle -> handle.createQuery("select count(*) from jobs where id = :job and project_id = :project")
                                .bind("job", jobId)
                                .bind("project", projectId)
                                .mapTo(Long.class)
                                .one()
                        == 1);
    }

    /** Ends a job of a project; whether there is one that had not ended. */
    boolean end(long projectId, long jobId) {
        return database.write(handle -> handle.createUpdate("""
                                update jobs set ended_at = :now
                                where id = :job and project_id = :project and ended_at is null""")
                        .bind("now", clock.millis())
                        .bind("job", jobId)
                        .bind("project", projectId)
                        .execute()
                == 1);
    }

    private static Job job(ResultSet row) throws SQLException {
        return new Job(
                row.getLong("id"),
                row.getLong("project_id"),
                row.getLong("user_id"),
                row.getString("ref"),
                row.getInt("protected_ref") == 1,
                row.getString("environment_name"),
                Instant.ofEpochMilli(row.getLong("expires_at")));
    }
}
