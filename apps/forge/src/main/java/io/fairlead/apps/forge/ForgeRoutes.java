package io.fairlead.apps.forge;

import io.fairlead.base.ids.RandomIds;
import io.fairlead.forge.agent.AgentRoutes;
import io.fairlead.forge.agent.AgentUrlQueries;
import io.fairlead.forge.agent.AgentUrlRoutes;
import io.fairlead.forge.agent.JobAgents;
import io.fairlead.forge.agent.ProxyAuthorization;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.audit.AuditFiles;
import io.fairlead.forge.audit.AuditRoutes;
import io.fairlead.forge.code.BranchRoutes;
import io.fairlead.forge.code.CodeAccess;
import io.fairlead.forge.code.CommitRoutes;
import io.fairlead.forge.code.CompareRoutes;
import io.fairlead.forge.code.FileRoutes;
import io.fairlead.forge.code.TagRoutes;
import io.fairlead.forge.code.TreeRoutes;
import io.fairlead.forge.description.DescriptionRoutes;
import io.fairlead.forge.environment.DeploymentQueries;
import io.fairlead.forge.environment.DeploymentRoutes;
import io.fairlead.forge.environment.EnvironmentQueries;
import io.fairlead.forge.environment.EnvironmentRoutes;
import io.fairlead.forge.environment.EnvironmentView;
import io.fairlead.forge.environment.JobEnvironments;
import io.fairlead.forge.group.GroupListRoutes;
import io.fairlead.forge.group.GroupRoutes;
import io.fairlead.forge.group.Groups;
import io.fairlead.forge.hook.HookDelivery;
import io.fairlead.forge.hook.HookQueries;
import io.fairlead.forge.hook.HookRoutes;
import io.fairlead.forge.identity.Passwords;
import io.fairlead.forge.identity.UserRoutes;
import io.fairlead.forge.imports.ImportQueries;
import io.fairlead.forge.imports.ImportRoutes;
import io.fairlead.forge.imports.Imports;
import io.fairlead.forge.instance.MetadataRoutes;
import io.fairlead.forge.job.AllowedAgentsRoutes;
import io.fairlead.forge.job.JobQueries;
import io.fairlead.forge.job.JobRefs;
import io.fairlead.forge.job.JobTokenRoutes;
import io.fairlead.forge.kas.GitalyDirectory;
import io.fairlead.forge.kas.KasRoutes;
import io.fairlead.forge.kas.ProxyAuthorizationRoutes;
import io.fairlead.forge.kas.UsageQueries;
import io.fairlead.forge.kas.UsageRoutes;
import io.fairlead.forge.key.DeployKeyRoutes;
import io.fairlead.forge.key.UserKeyRoutes;
import io.fairlead.forge.member.MemberQueries;
import io.fairlead.forge.member.MemberRoutes;
import io.fairlead.forge.member.ShareQueries;
import io.fairlead.forge.namespace.NamespaceRoutes;
import io.fairlead.forge.project.CloneUrls;
import io.fairlead.forge.project.ProjectRoutes;
import io.fairlead.forge.project.ProjectShareRoutes;
import io.fairlead.forge.project.ProjectView;
import io.fairlead.forge.project.Projects;
import io.fairlead.forge.project.UserDeparture;
import io.fairlead.forge.protection.GrantText;
import io.fairlead.forge.protection.ProtectedBranchRoutes;
import io.fairlead.forge.protection.ProtectedTagRoutes;
import io.fairlead.forge.revocation.AccessChangeFeed;
import io.fairlead.forge.revocation.AccessChangeRoutes;
import io.fairlead.forge.secret.SecretBox;
import io.fairlead.forge.token.ClusterCredentialRoutes;
import io.fairlead.forge.token.DeployTokenRoutes;
import io.fairlead.forge.token.ResourceTokenRoutes;
import io.fairlead.forge.token.ResourceTokens;
import io.fairlead.forge.token.TokenRoutes;
import io.fairlead.forge.token.TokenSecrets;
import io.fairlead.forge.variable.VariableQueries;
import io.fairlead.forge.variable.VariableRoutes;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;

/** The table of routes: every feature's, put together with what it stands on. */
final class ForgeRoutes {
    /** The GitLab whose interfaces are spoken; clients compare it with what they need. */
    static final String GITLAB_VERSION = "18.2.0";

    private final ForgeParts parts;
    private final ForgeConfig config;
    private final Clock clock;
    private final RandomIds random;
    private final GitalyDirectory directory;
    private final SecretBox box;
    private final HookDelivery hooks;
    private final Imports imports;
    private final AccessChangeFeed accessChanges;
    private final AuditFiles audit;

    ForgeRoutes(
            ForgeParts parts,
            ForgeConfig config,
            Clock clock,
            RandomIds random,
            GitalyDirectory directory,
            SecretBox box,
            HookDelivery hooks,
            Imports imports,
            AccessChangeFeed accessChanges,
            AuditFiles audit) {
        this.parts = parts;
        this.config = config;
        this.clock = clock;
        this.random = random;
        this.directory = directory;
        this.box = box;
        this.hooks = hooks;
        this.imports = imports;
        this.accessChanges = accessChanges;
        this.audit = audit;
    }

    List<Route> all(GitParts git, CloneUrls urls) {
        String url = config.externalUrl().toString();
        Projects projects =
                new Projects(parts.projectQueries, parts.users, parts.repositories, parts.agentConfigurations, clock);
        UserDeparture departure = new UserDeparture(parts.users, parts.namespaces, parts.projectQueries, projects);
        Groups groups = new Groups(parts.namespaces, parts.projectQueries, projects);
        ShareQueries shares = new ShareQueries(parts.database, clock);
        ProjectView projectView = new ProjectView(
                parts.projectQueries, parts.users, parts.roles, shares, parts.repositories, urls, imports);
        MemberQueries members = new MemberQueries(parts.database, clock);
        ResourceTokens resourceTokens =
                new ResourceTokens(parts.tokens, parts.tokenQueries, parts.users, members, random, clock);
        JobAgents jobAgents = new JobAgents(
                parts.database,
                parts.agents,
                parts.namespaces,
                parts.roles,
                config.rules().sharing());
        ProxyAuthorization proxyAuthorization = new ProxyAuthorization(
                parts.agents,
                parts.projectQueries,
                parts.namespaces,
                parts.roles,
                parts.tokens,
                parts.clusterCredentials,
                parts.agentConfigurations,
                config.rules().sharing());
        EnvironmentQueries environments = new EnvironmentQueries(parts.database, clock);
        DeploymentQueries deployments = new DeploymentQueries(parts.database, environments, clock);
        EnvironmentView environmentView =
                new EnvironmentView(deployments, parts.agents, parts.projectQueries, parts.access, parts.users, url);
        GrantText grants = new GrantText(parts.users, parts.namespaces, parts.keys, parts.roles);
        CodeAccess code = git.code(clock, url);
        List<Route> routes = Stream.of(
                        new MetadataRoutes(
                                        GITLAB_VERSION,
                                        "fairlead",
                                        config.kas().url().toString(),
                                        config.kas().proxyUrl().toString())
                                .routes(),
                        new UserRoutes(parts.users, departure, new Passwords(random), clock, url).routes(),
                        new UserKeyRoutes(parts.keys, parts.users, clock).routes(),
                        new DeployKeyRoutes(parts.keys, parts.roles, clock).routes(),
                        new TokenRoutes(parts.tokens, parts.tokenQueries, parts.users).routes(),
                        new ClusterCredentialRoutes(parts.clusterCredentials, parts.tokenQueries).routes(),
                        new ResourceTokenRoutes(
                                        resourceTokens, parts.tokens, parts.tokenQueries, parts.users, parts.roles)
                                .routes(),
                        new DeployTokenRoutes(parts.deployTokens, parts.deployTokenQueries, clock).routes(),
                        new NamespaceRoutes(parts.namespaces, parts.groupAccess, parts.roles, url).routes(),
                        new GroupRoutes(parts.namespaces, groups, parts.groupAccess, shares, parts.roles, clock, url)
                                .routes(),
                        new GroupListRoutes(parts.namespaces, projectView, parts.roles, url).routes(),
                        new ProjectRoutes(
                                        parts.projectQueries,
                                        projects,
                                        parts.access,
                                        parts.namespaces,
                                        parts.roles,
                                        projectView,
                                        imports)
                                .routes(),
                        new ImportRoutes(new ImportQueries(parts.database, clock), parts.projectQueries).routes(),
                        new ProjectShareRoutes(shares, parts.groupAccess, parts.roles).routes(),
                        new MemberRoutes(members, parts.roles, parts.users, url).routes(),
                        new AgentRoutes(
                                        parts.agents,
                                        parts.agentTokenQueries,
                                        parts.agentTokens,
                                        parts.projectQueries,
                                        parts.agentConfigurations,
                                        clock)
                                .routes(),
                        new KasRoutes(
                                        parts.agents,
                                        parts.projectQueries,
                                        parts.access,
                                        directory,
                                        parts.agentConfigurations,
                                        jobAgents)
                                .routes(),
                        new AccessChangeRoutes(accessChanges).routes(),
                        new AuditRoutes(audit, parts.agents).routes(),
                        new ProxyAuthorizationRoutes(proxyAuthorization).routes(),
                        new AllowedAgentsRoutes(jobAgents, parts.projectQueries, parts.roles, parts.users).routes(),
                        new JobTokenRoutes(
                                        new JobQueries(parts.database, clock),
                                        parts.jobTokens,
                                        new JobRefs(parts.repositories, parts.protection),
                                        new JobEnvironments(environments),
                                        parts.projectQueries,
                                        parts.users,
                                        parts.roles,
                                        new TokenSecrets(random),
                                        clock)
                                .routes(),
                        git.http().routes(),
                        new ProtectedBranchRoutes(parts.protections, grants).routes(),
                        new ProtectedTagRoutes(parts.protections, grants).routes(),
                        new BranchRoutes(code, parts.access, parts.protection).routes(),
                        new TagRoutes(code, parts.protection).routes(),
                        new CommitRoutes(code).routes(),
                        new CompareRoutes(code).routes(),
                        new TreeRoutes(code).routes(),
                        new FileRoutes(code).routes(),
                        new VariableRoutes(new VariableQueries(parts.database, box)).routes(),
                        new EnvironmentRoutes(environments, environmentView, clock).routes(),
                        new DeploymentRoutes(deployments, environmentView, hooks).routes(),
                        new HookRoutes(
                                        new HookQueries(parts.database, box, clock),
                                        hooks,
                                        parts.projectQueries,
                                        deployments,
                                        parts.repositories,
                                        clock)
                                .routes(),
                        new AgentUrlRoutes(new AgentUrlQueries(parts.database, box, clock), parts.agents).routes(),
                        new UsageRoutes(new UsageQueries(parts.database)).routes())
                .flatMap(List::stream)
                .toList();
        return DescriptionRoutes.with(routes, GITLAB_VERSION);
    }
}
