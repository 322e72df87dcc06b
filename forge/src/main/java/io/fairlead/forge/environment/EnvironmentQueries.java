package io.fairlead.forge.environment;

import io.fairlead.forge.database.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;

/** Environments in the database. */
public final class EnvironmentQueries {
    private static final String SINCE_LAST = """
            coalesce((select max(d.created_at) from deployments d where d.environment_id = environments.id), updated_at)""";

    private final Database database;
    private final InstantSource clock;

    public EnvironmentQueries(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Adds an environment; nothing when the project has one with this name, or whose slug is the same. */
    Optional<Environment> add(long projectId, Environment.Draft draft) {
        return database.write(handle -> add(handle, projectId, draft));
    }

    private Optional<Environment> add(Handle handle, long projectId, Environment.Draft draft) {
        return bind(handle.createQuery("""
                                insert into environments (project_id, name, slug, description, external_url, tier, state,
                                  agent_id, kubernetes_namespace, flux_resource_path, auto_stop_setting, created_at,
                                  updated_at)
                                values (:project, :name, :slug, :description, :url, :tier, 'available', :agent,
                                  :namespace, :flux, :stop, :now, :now)
                                on conflict do nothing returning *"""), draft)
                .bind("project", projectId)
                .bind("name", draft.name())
                .bind("slug", EnvironmentSlug.of(draft.name()))
                .map((row, context) -> environment(row))
                .findOne();
    }

    /** The environment with this name, made when there is none; nothing when another one has its slug. */
    Optional<Environment> ensure(Handle handle, long projectId, String name) {
        Optional<Environment> there = handle.createQuery(
                        "select * from environments where project_id = :project and name = :name")
                .bind("project", projectId)
                .bind("name", name)
                .map((row, context) -> environment(row))
                .findOne();
        return there.isPresent() ? there : add(handle, projectId, Environment.Draft.named(name));
    }

    Optional<Environment> change(long id, Environment.Draft draft) {
        return database.write(handle -> bind(handle.createQuery("""
                                update environments set description = :description, external_url = :url, tier = :tier,
                                  agent_id = :agent, kubernetes_namespace = :namespace, flux_resource_path = :flux,
                                  auto_stop_setting = :stop, updated_at = :now
                                where id = :id returning *"""), draft)
                .bind("id", id)
                .map((row, context) -> environment(row))
                .findOne());
    }

    private <S extends SqlStatement<S>> S bind(S statement, Environment.Draft draft) {
        return statement
                .bind("description", draft.description())
                .bind("url", draft.externalUrl())
                .bind("tier", draft.tier().text())
                .bind("agent", draft.agentId().isPresent() ? draft.agentId().getAsLong() : null)
                .bind("namespace", draft.kubernetesNamespace())
                .bind("flux", draft.fluxResourcePath())
                .bind("stop", draft.stopsAlways() ? "always" : "with_action")
                .bind("now", clock.millis());
    }

    /** Turns an environment to another state. */
    public Optional<Environment> turn(long id, Environment.State state) {
        return database.write(handle -> turn(handle, id, state));
    }

    Optional<Environment> turn(Handle handle, long id, Environment.State state) {
        return handle.createQuery(
                        "update environments set state = :state, updated_at = :now where id = :id returning *")
                .bind("id", id)
                .bind("state", state.text())
                .bind("now", clock.millis())
                .map((row, context) -> environment(row))
                .findOne();
    }

    /** Stops what nothing was deployed to since {@code before}. */
    void stopStale(long projectId, Instant before) {
        database.write(handle -> handle.createUpdate("""
                        update environments set state = 'stopped', updated_at = :now
                        where project_id = :project and state = 'available' and \
                        """ + SINCE_LAST + " < :before")
                .bind("project", projectId)
                .bind("now", clock.millis())
                .bind("before", before.toEpochMilli())
                .execute());
    }

    /** Stopped environments below {@code review/} that were not touched since {@code before}, oldest first. */
    List<Environment> staleReviews(long projectId, Instant before, int limit) {
        return database.read(handle -> handle.createQuery("""
                        select * from environments where project_id = :project and state = 'stopped'
                          and substr(name, 1, 7) = 'review/' and created_at < :before order by id limit :limit""")
                .bind("project", projectId)
                .bind("before", before.toEpochMilli())
                .bind("limit", limit)
                .map((row, context) -> environment(row))
                .list());
    }

    public void delete(long id) {
        database.write(handle -> handle.createUpdate("delete from environments where id = :id")
                .bind("id", id)
                .execute());
    }

    public Optional<Environment> byId(long projectId, long id) {
        return database.read(
                handle -> handle.createQuery("select * from environments where project_id = :project and id = :id")
                        .bind("project", projectId)
                        .bind("id", id)
                        .map((row, context) -> environment(row))
                        .findOne());
    }

    Optional<Environment> byName(long projectId, String name) {
        return database.read(
                handle -> handle.createQuery("select * from environments where project_id = :project and name = :name")
                        .bind("project", projectId)
                        .bind("name", name)
                        .map((row, context) -> environment(row))
                        .findOne());
    }

    List<Environment> list(EnvironmentFilter filter, long offset, int limit) {
        return database.read(handle -> handle.createQuery(
                        "select * from environments" + filter.where() + " order by id limit :limit offset :offset")
                .bindMap(filter.parameters())
                .bind("limit", limit)
                .bind("offset", offset)
                .map((row, context) -> environment(row))
                .list());
    }

    long count(EnvironmentFilter filter) {
        return database.read(handle -> handle.createQuery("select count(*) from environments" + filter.where())
                .bindMap(filter.parameters())
                .mapTo(Long.class)
                .one());
    }

    static Environment environment(ResultSet row) throws SQLException {
        long agent = row.getLong("agent_id");
        OptionalLong agentId = row.wasNull() ? OptionalLong.empty() : OptionalLong.of(agent);
        long stopsAt = row.getLong("auto_stop_at");
        Instant stops = row.wasNull() ? null : Instant.ofEpochMilli(stopsAt);
        return new Environment(
                row.getLong("id"),
                row.getLong("project_id"),
                row.getString("name"),
                row.getString("slug"),
                row.getString("description"),
                row.getString("external_url"),
                Tier.of(row.getString("tier")),
                Environment.State.of(row.getString("state")),
                agentId,
                row.getString("kubernetes_namespace"),
                row.getString("flux_resource_path"),
                row.getString("auto_stop_setting").equals("always"),
                stops,
                Instant.ofEpochMilli(row.getLong("created_at")),
                Instant.ofEpochMilli(row.getLong("updated_at")));
    }
}
