package io.fairlead.forge.agent;

import io.fairlead.forge.access.JobIdentity;
import io.fairlead.forge.api.ForgeJson;
import io.fairlead.forge.database.Database;
import io.fairlead.forge.namespace.Namespace;
import io.fairlead.forge.namespace.NamespaceQueries;
import io.fairlead.forge.namespace.PathQueries;
import io.fairlead.forge.project.Project;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Which agents a running job may use, by {@code ci_access} of their configurations: those of its own project without a word
 * there; others that name its project, or a group it is in, and are in the same tree of groups.
 *
 * <p>Of all reasons for one agent the most specific counts, and nothing else of the others: the entry for the project, then
 * the agent's being the project's own, then the entry for the nearest group. Only then do {@code environments} and
 * {@code protected_branches_only} decide.
 */
public final class JobAgents {
    /** An agent with the part of its configuration that lets the job in. */
    public record Allowed(Agent agent, JsonNode configuration) {}

    private record Reason(Agent agent, int rank, CiGrant grant) {}

    private static final int AGENTS_MAX = 500;
    private static final int RANK_PROJECT = 0;
    private static final int RANK_OWN = 1;
    private static final int RANK_NEAREST_GROUP = 2;

    private final CiGrantQueries grants;
    private final AgentQueries agents;
    private final NamespaceQueries namespaces;

    public JobAgents(Database database, AgentQueries agents, NamespaceQueries namespaces) {
        grants = new CiGrantQueries(database);
        this.agents = agents;
        this.namespaces = namespaces;
    }

    /** The agents by id. */
    public List<Allowed> of(Project project, JobIdentity job) {
        JobIdentity.JobEnvironment environment = job.environment();
        String environmentName = environment == null ? "" : environment.name();
        return reasons(project).values().stream()
                .filter(reason -> reason.rank == RANK_OWN
                        || (reason.grant.allowsEnvironment(environmentName)
                                && (job.protectedRef() || !reason.grant.protectedRefsOnly())))
                .sorted(Comparator.comparingLong(reason -> reason.agent.id()))
                .limit(AGENTS_MAX)
                .map(reason -> new Allowed(reason.agent, reason.grant.configuration()))
                .toList();
    }

    /** The groups that a project is in, nearest first. */
    public List<Namespace> groupsOf(Project project) {
        return namespaces.withAncestors(project.namespace().id()).stream()
                .filter(Namespace::group)
                .toList();
    }

    private Map<Long, Reason> reasons(Project project) {
        List<String> groupPaths = groupsOf(project).stream()
                .map(group -> PathQueries.folded(group.fullPath()))
                .toList();
        String path = PathQueries.folded(project.fullPath());
        List<Reason> all = new ArrayList<>();
        for (CiGrantQueries.Found found : grants.of(path, groupPaths)) {
            if (Namespace.root(found.agentsProjectPath()).equals(Namespace.root(project.fullPath()))) {
                int rank = switch (found.grant().kind()) {
                    case PROJECT -> RANK_PROJECT;
                    case GROUP ->
                        RANK_NEAREST_GROUP + groupPaths.indexOf(found.grant().pathFolded());
                };
                all.add(new Reason(found.agent(), rank, found.grant()));
            }
        }
        for (Agent own : agents.ofProject(project.id(), 0, AGENTS_MAX)) {
            all.add(new Reason(own, RANK_OWN, ownGrant(path)));
        }
        Map<Long, Reason> best = new LinkedHashMap<>();
        Comparator<Reason> order =
                Comparator.comparingInt(Reason::rank).thenComparingInt(reason -> reason.grant.position());
        for (Reason reason : all) {
            best.merge(reason.agent.id(), reason, (one, other) -> order.compare(one, other) <= 0 ? one : other);
        }
        return best;
    }

    private static CiGrant ownGrant(String path) {
        return new CiGrant(
                CiGrant.Kind.PROJECT,
                path,
                0,
                ForgeJson.MAPPER.valueToTree(Map.of("access_as", Map.of("agent", Map.of()))));
    }
}
