package io.fairlead.forge.agent;

import io.fairlead.forge.access.JobIdentity;
import io.fairlead.forge.access.Permission;
import io.fairlead.forge.access.Role;
import io.fairlead.forge.access.RoleQueries;
import io.fairlead.forge.api.ForgeJson;
import io.fairlead.forge.database.Database;
import io.fairlead.forge.identity.User;
import io.fairlead.forge.namespace.Namespace;
import io.fairlead.forge.namespace.NamespaceQueries;
import io.fairlead.forge.namespace.PathQueries;
import io.fairlead.forge.project.Project;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Which agents a running job may use, by {@code ci_access} of their configurations: those that name its project, a group it is
 * in or the whole installation, as far as {@link GroupSharing} lets them reach; and those of its own project without a word
 * there.
 *
 * <p>Of an agent's entries those count that fit the job's environment and reference. Of these the one wins that names the
 * environment, before one that does not; then the most specific: the project's, then the agent's being the project's own, then
 * that of the nearest group, then the installation's; then one that has the environment's very name before one with a pattern;
 * then the first. An agent of the project's own whose configuration names that project gives it what is said there and no
 * more. Nothing of the others is merged in.
 */
public final class JobAgents {
    /** An agent, in the project with this path, with the part of its configuration that lets the job in. */
    public record Allowed(Agent agent, String projectPath, JsonNode configuration) {}

    private record Reason(Agent agent, String projectPath, int rank, CiGrant grant) {}

    private static final int AGENTS_MAX = 500;
    private static final int RANK_PROJECT = 0;
    private static final int RANK_OWN = 1;
    private static final int RANK_NEAREST_GROUP = 2;
    private static final int RANK_INSTANCE = Integer.MAX_VALUE;

    private final CiGrantQueries grants;
    private final AgentQueries agents;
    private final NamespaceQueries namespaces;
    private final RoleQueries roles;
    private final GroupSharing sharing;

    public JobAgents(
            Database database,
            AgentQueries agents,
            NamespaceQueries namespaces,
            RoleQueries roles,
            GroupSharing sharing) {
        grants = new CiGrantQueries(database);
        this.agents = agents;
        this.namespaces = namespaces;
        this.roles = roles;
        this.sharing = sharing;
    }

    /** The agents by id. {@code user} is who runs the job. */
    public List<Allowed> of(Project project, JobIdentity job, User user) {
        JobIdentity.JobEnvironment environment = job.environment();
        String environmentName = environment == null ? "" : environment.name();
        Comparator<Reason> best = Comparator.comparing(
                        (Reason reason) -> reason.grant.naming(environmentName) == CiGrant.Naming.NONE)
                .thenComparingInt(Reason::rank)
                .thenComparing(reason -> reason.grant.naming(environmentName))
                .thenComparingInt(reason -> reason.grant.position());
        Map<Long, Reason> winners = new LinkedHashMap<>();
        for (Reason reason : reasons(project)) {
            if (reason.grant.allowsEnvironment(environmentName)
                    && (job.protectedRef() || !reason.grant.protectedRefsOnly())) {
                winners.merge(reason.agent.id(), reason, (one, other) -> best.compare(one, other) <= 0 ? one : other);
            }
        }
        // Who may not use the cluster as themself may not do so by a job: a token ends with the right it was made with.
        Optional<Role> role = roles.inProject(user.id(), project.id());
        boolean mayAct = Permission.USE_K8S_PROXY.allows(
                new Permission.Standing(true, false, role.orElse(null), project.visibility()));
        if (!mayAct) {
            return List.of();
        }
        return winners.values().stream()
                .sorted(Comparator.comparingLong(reason -> reason.agent.id()))
                .limit(AGENTS_MAX)
                .map(reason -> new Allowed(
                        reason.agent,
                        reason.projectPath,
                        reason.grant.asWhoRunsIt()
                                ? JobPerson.configuration(reason.grant, reason.agent, job, user, role.orElseThrow())
                                : reason.grant.configuration()))
                .toList();
    }

    /**
     * Whether an agent works for a project: it is the project's own, or its configuration names the project or a group that it
     * is in, for whichever jobs. What is there for the whole installation names nobody.
     */
    public boolean serves(long agentId, Project project) {
        return reasons(project).stream()
                .anyMatch(reason -> reason.agent.id() == agentId && reason.grant.kind() != CiGrant.Kind.INSTANCE);
    }

    /** The groups that a project is in, nearest first. */
    public List<Namespace> groupsOf(Project project) {
        return namespaces.withAncestors(project.namespace().id()).stream()
                .filter(Namespace::group)
                .toList();
    }

    private List<Reason> reasons(Project project) {
        Map<String, Integer> groupRanks = new HashMap<>();
        int rank = RANK_NEAREST_GROUP;
        for (Namespace group : groupsOf(project)) {
            groupRanks.put(PathQueries.folded(group.fullPath()), rank);
            for (String former : grants.formerPathsOfGroup(group.id())) {
                groupRanks.putIfAbsent(former, rank);
            }
            rank++;
        }
        List<String> projectPaths = new ArrayList<>(grants.formerPathsOfProject(project.id()));
        projectPaths.add(PathQueries.folded(project.fullPath()));
        List<Reason> all = new ArrayList<>();
        Set<Long> named = new HashSet<>();
        for (CiGrantQueries.Found found : grants.of(projectPaths, List.copyOf(groupRanks.keySet()))) {
            if (sharing.reaches(found.agentsProjectPath(), project.fullPath())) {
                all.add(new Reason(
                        found.agent(), found.agentsProjectPath(), rank(found.grant(), groupRanks), found.grant()));
                if (found.grant().kind() == CiGrant.Kind.PROJECT) {
                    named.add(found.agent().id());
                }
            }
        }
        for (Agent own : agents.ofProject(project.id(), 0, AGENTS_MAX)) {
            if (!named.contains(own.id())) {
                all.add(new Reason(own, project.fullPath(), RANK_OWN, ownGrant(project)));
            }
        }
        return all;
    }

    private static int rank(CiGrant grant, Map<String, Integer> groupRanks) {
        return switch (grant.kind()) {
            case PROJECT -> RANK_PROJECT;
            case GROUP -> groupRanks.getOrDefault(grant.pathFolded(), RANK_INSTANCE);
            case INSTANCE -> RANK_INSTANCE;
        };
    }

    private static CiGrant ownGrant(Project project) {
        return new CiGrant(
                CiGrant.Kind.PROJECT,
                PathQueries.folded(project.fullPath()),
                0,
                ForgeJson.MAPPER.valueToTree(Map.of("access_as", Map.of("agent", Map.of()))));
    }
}
