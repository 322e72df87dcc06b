package io.fairlead.forge.agent;

import io.fairlead.forge.database.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Agents in the database. */
public final class AgentQueries {
    /** Of the agent {@code a}. */
    static final String RECEPTIVE =
            "exists (select 1 from agent_url_configurations u where u.agent_id = a.id) as receptive";

    private final Database database;

    public AgentQueries(Database database) {
        this.database = database;
    }

    /** Adds an agent; nothing when the project has one of that name. */
    public Optional<Agent> create(long projectId, String name, long createdByUserId, Instant now) {
        return database.write(handle -> handle.createQuery("""
                        insert into cluster_agents (project_id, name, created_by_user_id, created_at)
                        values (:project, :name, :user, :now) on conflict do nothing returning *, 0 as receptive""")
                .bind("project", projectId)
                .bind("name", name)
                .bind("user", createdByUserId)
                .bind("now", now.toEpochMilli())
                .map((row, context) -> agent(row))
                .findOne());
    }

    public Optional<Agent> byId(long id) {
        return database.read(
                handle -> handle.createQuery("select a.*, " + RECEPTIVE + " from cluster_agents a where a.id = :id")
                        .bind("id", id)
                        .map((row, context) -> agent(row))
                        .findOne());
    }

    /** A part of a project's agents by name. */
    public List<Agent> ofProject(long projectId, long offset, int limit) {
        return database.read(handle -> handle.createQuery(
                        "select a.*, " + RECEPTIVE
                                + " from cluster_agents a where a.project_id = :project order by a.name limit :limit offset :offset")
                .bind("project", projectId)
                .bind("limit", limit)
                .bind("offset", offset)
                .map((row, context) -> agent(row))
                .list());
    }

    public long countOfProject(long projectId) {
        return database.read(
                handle -> handle.createQuery("select count(*) from cluster_agents where project_id = :project")
                        .bind("project", projectId)
                        .mapTo(Long.class)
                        .one());
    }

    public void delete(long id) {
        database.write(handle -> handle.createUpdate("delete from cluster_agents where id = :id")
                .bind("id", id)
                .execute());
    }

    static Agent agent(ResultSet row) throws SQLException {
        return new Agent(
                row.getLong("id"),
                row.getLong("project_id"),
                row.getString("name"),
                row.getLong("created_by_user_id"),
                Instant.ofEpochMilli(row.getLong("created_at")),
                row.getBoolean("receptive"));
    }
}
