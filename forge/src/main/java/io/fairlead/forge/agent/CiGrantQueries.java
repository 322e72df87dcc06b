package io.fairlead.forge.agent;

import io.fairlead.forge.api.ForgeJson;
import io.fairlead.forge.database.Database;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** The entries of {@code ci_access} in the database. */
final class CiGrantQueries {
    /** An entry with the agent whose configuration has it. */
    record Found(Agent agent, String agentsProjectPath, CiGrant grant) {}

    /** Of what has moved, so many of the paths that it had still count. */
    private static final int FORMER_PATHS_MAX = 100;

    private final Database database;

    CiGrantQueries(Database database) {
        this.database = database;
    }

    /** What the configuration had before is gone. */
    static void replace(Handle handle, long agentId, List<CiGrant> grants) {
        handle.createUpdate("delete from agent_ci_entries where agent_id = :agent")
                .bind("agent", agentId)
                .execute();
        if (grants.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch("""
                insert into agent_ci_entries (agent_id, kind, path_folded, position, configuration)
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

    /** The paths of a project, folded: its own and those that still lead to it. */
    List<String> formerPathsOfProject(long projectId) {
        return former("project_id", projectId);
    }

    /** The same for a group. */
    List<String> formerPathsOfGroup(long namespaceId) {
        return former("namespace_id", namespaceId);
    }

    private List<String> former(String column, long id) {
        return database.read(handle -> handle.createQuery("select path_folded from path_redirects where " + column
                        + " = :id order by path_folded limit " + FORMER_PATHS_MAX)
                .bind("id", id)
                .mapTo(String.class)
                .list());
    }

    /** All entries for a project by any of its paths, for groups by any of theirs, and for the whole installation. */
    List<Found> of(List<String> projectPaths, List<String> groupPaths) {
        Map<String, List<String>> lists = new LinkedHashMap<>();
        lists.put("projects", projectPaths);
        if (!groupPaths.isEmpty()) {
            lists.put("groups", groupPaths);
        }
        String groups = groupPaths.isEmpty() ? "" : " or (c.kind = 'group' and c.path_folded in (<groups>))";
        return database.read(handle -> {
            var query = handle.createQuery("""
                        select c.kind, c.path_folded, c.position, c.configuration, a.*, p.full_path as agents_project,
                          \
                        """ + AgentQueries.RECEPTIVE + """
                         from agent_ci_entries c join cluster_agents a on a.id = c.agent_id
                        join projects p on p.id = a.project_id
                        where (c.path_folded = '' and c.kind = 'instance')
                          or (c.kind = 'project' and c.path_folded in (<projects>))""" + groups + " order by c.agent_id");
            lists.forEach(query::bindList);
            return query.map((row, context) -> new Found(
                            AgentQueries.agent(row),
                            row.getString("agents_project"),
                            new CiGrant(
                                    CiGrant.Kind.of(row.getString("kind")),
                                    row.getString("path_folded"),
                                    row.getInt("position"),
                                    ForgeJson.MAPPER.readTree(row.getString("configuration")))))
                    .list();
        });
    }
}
