package io.fairlead.forge.agent;

import io.fairlead.forge.api.ForgeJson;
import io.fairlead.forge.database.Database;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** The entries of {@code ci_access} in the database. */
final class CiGrantQueries {
    /** An entry with the agent whose configuration has it. */
    record Found(Agent agent, String agentsProjectPath, CiGrant grant) {}

    private final Database database;

    CiGrantQueries(Database database) {
        this.database = database;
    }

    /** What the configuration had before is gone. */
    static void replace(Handle handle, long agentId, List<CiGrant> grants) {
        handle.createUpdate("delete from agent_ci_access where agent_id = :agent")
                .bind("agent", agentId)
                .execute();
        if (grants.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("""
                insert into agent_ci_access (agent_id, kind, path_folded, position, configuration)
                values (:agent, :kind, :path, :position, :configuration)""");
        for (CiGrant grant : grants) {
            batch.bind("agent", agentId)
                    .bind("kind", grant.kind().text())
                    .bind("path", grant.pathFolded())
                    .bind("position", grant.position())
                    .bind("configuration", ForgeJson.MAPPER.writeValueAsString(grant.configuration()))
                    .add();
        }
        batch.execute();
    }

    /** All entries for a project and for the groups it is in. */
    List<Found> of(String projectPath, List<String> groupPaths) {
        return database.read(handle -> of(handle, projectPath, groupPaths));
    }

    private static List<Found> of(Handle handle, String projectPath, List<String> groupPaths) {
        String groups = groupPaths.isEmpty() ? "" : " or (c.kind = 'group' and c.path_folded in (<groups>))";
        var query = handle.createQuery("""
                        select c.kind, c.path_folded, c.position, c.configuration, a.*, p.full_path as agents_project,
                          \
                        """ + AgentQueries.RECEPTIVE + """
                         from agent_ci_access c join cluster_agents a on a.id = c.agent_id
                        join projects p on p.id = a.project_id
                        where (c.kind = 'project' and c.path_folded = :project)""" + groups + " order by c.agent_id")
                .bind("project", projectPath);
        if (!groupPaths.isEmpty()) {
            query.bindList("groups", groupPaths);
        }
        return query.map((row, context) -> new Found(
                        AgentQueries.agent(row),
                        row.getString("agents_project"),
                        new CiGrant(
                                "project".equals(row.getString("kind")) ? CiGrant.Kind.PROJECT : CiGrant.Kind.GROUP,
                                row.getString("path_folded"),
                                row.getInt("position"),
                                ForgeJson.MAPPER.readTree(row.getString("configuration")))))
                .list();
    }
}
