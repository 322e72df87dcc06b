package io.fairlead.forge.environment;

import io.fairlead.forge.database.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Deployments in the database. */
public final class DeploymentQueries {
    /** Columns of both tables that share a name are told apart by a prefix for the deployment's. */
    private static final String SELECT = """
            select e.*, d.id as d_id, d.iid, d.ref, d.sha, d.tag, d.status, d.user_id, d.created_at as d_created_at,
              d.updated_at as d_updated_at, d.finished_at
            from deployments d join environments e on e.id = d.environment_id""";

    private final Database database;
    private final EnvironmentQueries environments;
    private final InstantSource clock;

    public DeploymentQueries(Database database, EnvironmentQueries environments, InstantSource clock) {
        this.database = database;
        this.environments = environments;
        this.clock = clock;
    }

    /** Adds a deployment and the environment it names; nothing when that name cannot be one beside the others. */
    Optional<Deployment> add(Deployment.Draft draft) {
        return database.write(handle -> {
            Optional<Environment> environment = environments.ensure(handle, draft.projectId(), draft.environment());
            if (environment.isEmpty()) {
                return Optional.empty();
            }
            long id = handle.createQuery("""
                            insert into deployments (project_id, iid, environment_id, ref, sha, tag, status, user_id,
                              created_at, updated_at, finished_at)
                            values (:project,
                              (select coalesce(max(iid), 0) + 1 from deployments where project_id = :project),
                              :environment, :ref, :sha, :tag, :status, :user, :now, :now, :finished)
                            returning id""")
                    .bind("project", draft.projectId())
                    .bind("environment", environment.get().id())
                    .bind("ref", draft.ref())
                    .bind("sha", draft.sha())
                    .bind("tag", draft.tag() ? 1 : 0)
                    .bind("status", draft.status().text())
                    .bind("user", draft.userId())
                    .bind("now", clock.millis())
                    .bind("finished", draft.status().ended() ? clock.millis() : null)
                    .mapTo(Long.class)
                    .one();
            begin(handle, environment.get().id(), draft.status());
            return byId(handle, draft.projectId(), id);
        });
    }

    /** What was deployed to is there again. */
    private void begin(Handle handle, long environmentId, Deployment.Status status) {
        if (status == Deployment.Status.SUCCESS) {
            environments.turn(handle, environmentId, Environment.State.AVAILABLE);
        }
    }

    Optional<Deployment> turn(Deployment deployment, Deployment.Status status) {
        return database.write(handle -> {
            handle.createUpdate("""
                            update deployments set status = :status, updated_at = :now, finished_at = :finished
                            where id = :id""")
                    .bind("id", deployment.id())
                    .bind("status", status.text())
                    .bind("now", clock.millis())
                    .bind("finished", status.ended() ? clock.millis() : null)
                    .execute();
            begin(handle, deployment.environment().id(), status);
            return byId(handle, deployment.projectId(), deployment.id());
        });
    }

    void delete(long id) {
        database.write(handle -> handle.createUpdate("delete from deployments where id = :id")
                .bind("id", id)
                .execute());
    }

    public Optional<Deployment> byId(long projectId, long id) {
        return database.read(handle -> byId(handle, projectId, id));
    }

    private static Optional<Deployment> byId(Handle handle, long projectId, long id) {
        return handle.createQuery(SELECT + " where d.project_id = :project and d.id = :id")
                .bind("project", projectId)
                .bind("id", id)
                .map((row, context) -> deployment(row))
                .findOne();
    }

    /** What runs in an environment now: the last that succeeded. */
    public Optional<Deployment> last(long environmentId) {
        return database.read(handle -> handle.createQuery(SELECT
                        + " where d.environment_id = :environment and d.status = 'success' order by d.id desc limit 1")
                .bind("environment", environmentId)
                .map((row, context) -> deployment(row))
                .findOne());
    }

    /** The last one of a project, however it went. */
    public Optional<Deployment> newest(long projectId) {
        return database.read(
                handle -> handle.createQuery(SELECT + " where d.project_id = :project order by d.id desc limit 1")
                        .bind("project", projectId)
                        .map((row, context) -> deployment(row))
                        .findOne());
    }

    List<Deployment> list(DeploymentFilter filter, long offset, int limit) {
        return database.read(
                handle -> handle.createQuery(SELECT + filter.where() + filter.order() + " limit :limit offset :offset")
                        .bindMap(filter.parameters())
                        .bind("limit", limit)
                        .bind("offset", offset)
                        .map((row, context) -> deployment(row))
                        .list());
    }

    long count(DeploymentFilter filter) {
        return database.read(handle -> handle.createQuery(
                        "select count(*) from deployments d join environments e on e.id = d.environment_id"
                                + filter.where())
                .bindMap(filter.parameters())
                .mapTo(Long.class)
                .one());
    }

    private static Deployment deployment(ResultSet row) throws SQLException {
        long finished = row.getLong("finished_at");
        Instant finishedAt = row.wasNull() ? null : Instant.ofEpochMilli(finished);
        return new Deployment(
                row.getLong("d_id"),
                row.getLong("project_id"),
                row.getLong("iid"),
                EnvironmentQueries.environment(row),
                row.getString("ref"),
                row.getString("sha"),
                row.getInt("tag") == 1,
                Deployment.Status.of(row.getString("status")),
                row.getLong("user_id"),
                Instant.ofEpochMilli(row.getLong("d_created_at")),
                Instant.ofEpochMilli(row.getLong("d_updated_at")),
                finishedAt);
    }
}
