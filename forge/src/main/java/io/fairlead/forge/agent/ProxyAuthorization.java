package io.fairlead.forge.agent;

import io.fairlead.forge.access.Permission;
import io.fairlead.forge.access.Role;
import io.fairlead.forge.access.RoleQueries;
import io.fairlead.forge.access.Scope;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.identity.User;
import io.fairlead.forge.namespace.Namespace;
import io.fairlead.forge.namespace.NamespaceQueries;
import io.fairlead.forge.project.Project;
import io.fairlead.forge.project.ProjectQueries;
import io.fairlead.forge.token.ClusterCredentials;
import io.fairlead.forge.token.PersonalAccessTokens;
import io.fairlead.gitlab.api.AuthorizeProxyUserResponse;
import io.fairlead.gitlab.api.Ids;
import io.fairlead.gitlab.api.UserAccessAs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decides whether a person may use an agent's cluster and as whom, by what is in force of the agent's configuration. Each call
 * looks whether that is still what the default branch has.
 */
public final class ProxyAuthorization {
    private final AgentQueries agents;
    private final ProjectQueries projects;
    private final NamespaceQueries namespaces;
    private final RoleQueries roles;
    private final PersonalAccessTokens tokens;
    private final ClusterCredentials credentials;
    private final AgentConfigurations configurations;
    private final GroupSharing sharing;

    public ProxyAuthorization(
            AgentQueries agents,
            ProjectQueries projects,
            NamespaceQueries namespaces,
            RoleQueries roles,
            PersonalAccessTokens tokens,
            ClusterCredentials credentials,
            AgentConfigurations configurations,
            GroupSharing sharing) {
        this.agents = agents;
        this.projects = projects;
        this.namespaces = namespaces;
        this.roles = roles;
        this.tokens = tokens;
        this.credentials = credentials;
        this.configurations = configurations;
        this.sharing = sharing;
    }

    /**
     * By a personal access token, or by what was made with one for this agent.
     *
     * @throws ApiError 400, 401, 403 or 404, with a reason that kas may pass on
     */
    public AuthorizeProxyUserResponse byPersonalAccessToken(long agentId, String secret) {
        Agent agent = agents.byId(agentId).orElseThrow(() -> ApiError.notFound("Agent"));
        Project project = projects.byId(agent.projectId()).orElseThrow(() -> ApiError.notFound("Agent"));
        User user = ClusterCredentials.looksLikeOne(secret) ? credentials.userOf(secret, agentId) : userOf(secret);
        AgentConfiguration configuration = configurations.inForce(agent).orElseThrow(() -> ApiError.notFound("Agent"));
        UserAccess access = UserAccess.read(configuration.values())
                .orElseThrow(() -> ApiError.forbidden(
                        configuration.problem().isEmpty()
                                ? "the agent's configuration has no user_access section; whoever maintains its project adds one to "
                                        + ".gitlab/agents/" + agent.name() + "/config.yaml"
                                : configuration.problem()));
        List<Ids.Roles> projectRoles = projects(user, project, access);
        List<Ids.Roles> groupRoles = groups(user, project, access);
        if (projectRoles.isEmpty() && groupRoles.isEmpty()) {
            throw ApiError.forbidden("you are not a member, from Developer on, of a project or group that the agent is"
                    + " shared with by user_access; ask for membership there, or have user_access name a project or group of"
                    + " yours");
        }
        UserAccessAs as = switch (access.as()) {
            case AGENT -> new UserAccessAs.Agent();
            case USER -> new UserAccessAs.User(projectRoles, groupRoles);
        };
        return new AuthorizeProxyUserResponse(
                new AuthorizeProxyUserResponse.Agent(
                        agent.id(), new Ids.ConfigProject(project.id()), Optional.of(agent.name())),
                new Ids.User(user.id(), user.username()),
                as);
    }

    private User userOf(String secret) {
        return switch (tokens.check(secret)) {
            case PersonalAccessTokens.Verdict.Valid(var token, var user) -> {
                if (!token.scopes().contains(Scope.K8S_PROXY)) {
                    throw ApiError.forbidden("the token lacks the scope k8s_proxy; make one that has it, as"
                            + " \"fairlead agent kubeconfig --static-token\" does");
                }
                yield user;
            }
            case PersonalAccessTokens.Verdict.Unknown() ->
                throw ApiError.message(
                        400,
                        "400 Bad request - the token is not known here; make a new one, as \"fairlead agent"
                                + " kubeconfig --static-token\" does");
            case PersonalAccessTokens.Verdict.Revoked() -> throw ended("was revoked");
            case PersonalAccessTokens.Verdict.Expired() -> throw ended("has expired");
            case PersonalAccessTokens.Verdict.Blocked() ->
                throw ApiError.forbidden("the account is blocked; an administrator can let it in again");
        };
    }

    /** Whoever shows a token may know what became of it. */
    private static ApiError ended(String how) {
        return ApiError.message(
                401,
                "401 Unauthorized - the token " + how
                        + "; make a new one, as \"fairlead agent kubeconfig --static-token\" does");
    }

    /**
     * The listed projects in which the person is something that counts, each once. Only real membership counts here: an
     * administrator who is no member has no role that a cluster could know.
     */
    private List<Ids.Roles> projects(User user, Project configuration, UserAccess access) {
        List<Ids.Roles> shared = new ArrayList<>();
        for (String path : access.projects()) {
            Optional<Project> listed = projects.byPath(path)
                    .filter(project -> sharing.reaches(configuration.fullPath(), project.fullPath()));
            if (listed.isEmpty()
                    || shared.stream()
                            .anyMatch(roles -> roles.id() == listed.get().id())) {
                continue;
            }
            Optional<Role> role = roles.inProject(user.id(), listed.get().id());
            if (Permission.USE_K8S_PROXY.allows(new Permission.Standing(
                    true, false, role.orElse(null), listed.get().visibility()))) {
                role.ifPresent(held -> shared.add(new Ids.Roles(listed.get().id(), held.textsUpToThis())));
            }
        }
        return shared;
    }

    /** The same for the listed groups; what is below a group belongs to it. */
    private List<Ids.Roles> groups(User user, Project configuration, UserAccess access) {
        List<Ids.Roles> shared = new ArrayList<>();
        for (String path : access.groups()) {
            Optional<Namespace> listed = namespaces
                    .byPath(path)
                    .filter(Namespace::group)
                    .filter(group -> sharing.reaches(configuration.fullPath(), group.fullPath()))
                    .filter(group -> shared.stream().noneMatch(known -> known.id() == group.id()));
            if (listed.isEmpty()) {
                continue;
            }
            Optional<Role> role = roles.inGroup(user.id(), listed.get().id());
            if (Permission.USE_K8S_PROXY.allows(new Permission.Standing(
                    true, false, role.orElse(null), listed.get().visibility()))) {
                role.ifPresent(held -> shared.add(new Ids.Roles(listed.get().id(), held.textsUpToThis())));
            }
        }
        return shared;
    }
}
