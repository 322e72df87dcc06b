package io.fairlead.forge.job;

import io.fairlead.forge.access.JobIdentity;
import io.fairlead.forge.database.Database;
import io.fairlead.forge.token.TokenSecrets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Job tokens in the database. */
public final class JobTokenQueries implements JobTokens {
    private final Database database;
    private final InstantSource clock;

    public JobTokenQueries(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    @Override
    public void put(String secret, JobIdentity job, Instant expiresAt) {
        JobIdentity.JobEnvironment environment = job.environment();
        database.write(handle -> {
            handle.createUpdate("delete from job_tokens where expires_at <= :now")
                    .bind("now", clock.millis())
                    .execute();
            return handle.createUpdate("""
                            insert into job_tokens (digest, job_id, pipeline_id, project_id, user_id, protected_ref,
                              environment_name, environment_slug, environment_tier, expires_at)
                            values (:digest, :job, :pipeline, :project, :user, :protected, :name, :slug, :tier, :expires)
                            """)
                    .bind("digest", TokenSecrets.digest(secret))
                    .bind("job", job.jobId())
                    .bind("pipeline", job.pipelineId())
                    .bind("project", job.projectId())
                    .bind("user", job.userId())
                    .bind("protected", job.protectedRef() ? 1 : 0)
                    .bind("name", environment == null ? null : environment.name())
                    .bind("slug", environment == null ? null : environment.slug())
                    .bind("tier", environment == null ? null : environment.tier())
                    .bind("expires", expiresAt.toEpochMilli())
                    .execute();
        });
    }

    @Override
    public Optional<JobIdentity> jobOf(String secret) {
        return database.read(
                handle -> handle.createQuery("select * from job_tokens where digest = :digest and expires_at > :now")
                        .bind("digest", TokenSecrets.digest(secret))
                        .bind("now", clock.millis())
                        .map((row, context) -> job(row))
                        .findOne());
    }

    @Override
    public void end(long jobId) {
        database.write(handle -> handle.createUpdate("delete from job_tokens where job_id = :job")
                .bind("job", jobId)
                .execute());
    }

    private static JobIdentity job(ResultSet row) throws SQLException {
        String environment = row.getString("environment_name");
        return new JobIdentity(
                row.getLong("job_id"),
                row.getLong("pipeline_id"),
                row.getLong("project_id"),
                row.getLong("user_id"),
                row.getInt("protected_ref") == 1,
                environment == null
                        ? null
                        : new JobIdentity.JobEnvironment(
                                environment, row.getString("environment_slug"), row.getString("environment_tier")));
    }
}
