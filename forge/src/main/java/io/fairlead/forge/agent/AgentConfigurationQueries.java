package io.fairlead.forge.agent;

import io.fairlead.forge.api.ForgeJson;
import io.fairlead.forge.database.Database;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Update;

/** Configurations of agents in the database: what is in force, and which file was looked at last. */
public final class AgentConfigurationQueries {
    /**
     * An agent with what is known of its file.
     *
     * @param seenBlob the id of the file that was looked at last, empty when there was none; nothing when none was looked for
     * @param commit of what is in force; empty when nothing is
     */
    record Known(long agentId, String name, Optional<String> seenBlob, String commit) {}

    private final Database database;

    public AgentConfigurationQueries(Database database) {
        this.database = database;
    }

    List<Known> ofProject(long projectId) {
        return database.read(handle -> handle.createQuery("""
                        select a.id, a.name, c.seen_blob, c.commit_id from cluster_agents a
                        left join cluster_agent_configurations c on c.agent_id = a.id
                        where a.project_id = :project order by a.name""")
                .bind("project", projectId)
                .map((row, context) -> new Known(
                        row.getLong("id"),
                        row.getString("name"),
                        Optional.ofNullable(row.getString("seen_blob")),
                        Objects.requireNonNullElse(row.getString("commit_id"), "")))
                .list());
    }

    /** The projects that have agents. */
    List<Long> projects() {
        return database.read(
                handle -> handle.createQuery("select distinct project_id from cluster_agents order by project_id")
                        .mapTo(Long.class)
                        .list());
    }

    /** What is in force; nothing for an agent that is not there. */
    public Optional<AgentConfiguration> of(long agentId) {
        return database.read(handle -> handle.createQuery("""
                        select c.configuration, c.commit_id, c.problem from cluster_agents a
                        left join cluster_agent_configurations c on c.agent_id = a.id where a.id = :agent""")
                .bind("agent", agentId)
                .map((row, context) -> new AgentConfiguration(
                        ForgeJson.MAPPER.readTree(Objects.requireNonNullElse(row.getString("configuration"), "{}")),
                        Objects.requireNonNullElse(row.getString("commit_id"), ""),
                        Objects.requireNonNullElse(row.getString("problem"), "")))
                .findOne());
    }

    /** From now on this is in force, with what it gives to jobs. An agent that is gone meanwhile stays gone. */
    void enforce(long agentId, AgentConfiguration configuration, String blob, Instant now) {
        database.write(handle -> {
            int kept = bind(handle, """
                            insert into cluster_agent_configurations
                              (agent_id, configuration, received_at, commit_id, seen_blob, problem)
                            select id, :configuration, :now, :commit, :blob, null from cluster_agents where id = :agent
                            on conflict (agent_id) do update set configuration = excluded.configuration,
                              received_at = excluded.received_at, commit_id = excluded.commit_id,
                              seen_blob = excluded.seen_blob, problem = null""", agentId, blob, now)
                    .bind("configuration", ForgeJson.MAPPER.writeValueAsString(configuration.values()))
                    .bind("commit", configuration.commit())
                    .execute();
            if (kept > 0) {
                CiGrantQueries.replace(handle, agentId, CiGrant.read(configuration.values()));
            }
            return kept;
        });
    }

    /** What is in force stays so; the newest file has this problem. */
    void refuse(long agentId, String blob, String problem, Instant now) {
        database.write(handle ->
                bind(handle, """
                        insert into cluster_agent_configurations
                          (agent_id, configuration, received_at, commit_id, seen_blob, problem)
                        select id, '{}', :now, null, :blob, :problem from cluster_agents where id = :agent
                        on conflict (agent_id) do update set seen_blob = excluded.seen_blob,
                          problem = excluded.problem""", agentId, blob, now).bind("problem", problem).execute());
    }

    private static Update bind(Handle handle, String sql, long agentId, String blob, Instant now) {
        return handle.createUpdate(sql)
                .bind("agent", agentId)
                .bind("blob", blob)
                .bind("now", now.toEpochMilli());
    }
}
