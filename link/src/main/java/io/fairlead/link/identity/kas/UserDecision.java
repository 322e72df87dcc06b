package io.fairlead.link.identity.kas;

import io.fairlead.gitlab.api.AuthorizeProxyUserRequest;
import io.fairlead.gitlab.api.AuthorizeProxyUserResponse;
import io.fairlead.gitlab.api.Ids;
import io.fairlead.gitlab.api.UserAccessAs;
import io.fairlead.link.identity.Identity;
import io.fairlead.link.identity.Impersonation;
import io.fairlead.link.identity.ProxyCredential;
import io.fairlead.link.identity.ProxyDecision;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a person may do with an agent, from GitLab's answer about both. */
final class UserDecision {
    private UserDecision() {}

    static ProxyDecision of(AuthorizeProxyUserResponse answer, ProxyCredential credential) {
        if (answer.agent().id() != credential.agentId()) {
            return new ProxyDecision.Refused(
                    500,
                    "Internal error: GitLab was asked about agent " + credential.agentId() + " and answered about "
                            + answer.agent().id());
        }
        Ids.User user = answer.user();
        boolean session = credential instanceof ProxyCredential.Session;
        Identity who = session
                ? new Identity.SessionUser(user.id(), user.username())
                : new Identity.TokenUser(user.id(), user.username());
        String accessType =
                session ? AuthorizeProxyUserRequest.SESSION_COOKIE : AuthorizeProxyUserRequest.PERSONAL_ACCESS_TOKEN;
        Optional<Impersonation> impersonation = switch (answer.accessAs()) {
            case UserAccessAs.Agent() -> Optional.empty();
            case UserAccessAs.User roles -> Optional.of(asUser(answer, roles, accessType));
        };
        return new ProxyDecision.Allowed(answer.agent().id(), answer.agent().name(), impersonation, who);
    }

    private static Impersonation asUser(
            AuthorizeProxyUserResponse answer, UserAccessAs.User access, String accessType) {
        List<String> groups = new ArrayList<>();
        groups.add("gitlab:user");
        addRoles(groups, "gitlab:project_role:", access.projects());
        addRoles(groups, "gitlab:group_role:", access.groups());
        Map<String, List<String>> extra = new LinkedHashMap<>();
        JobDecision.put(extra, "id", answer.agent().id());
        JobDecision.put(extra, "username", answer.user().username());
        JobDecision.put(extra, "access_type", accessType);
        JobDecision.put(
                extra, "config_project_id", answer.agent().configProject().id());
        return new Impersonation("gitlab:user:" + answer.user().username(), groups, "", extra);
    }

    private static void addRoles(List<String> groups, String prefix, List<Ids.Roles> entities) {
        for (Ids.Roles entity : entities) {
            for (String role : entity.roles()) {
                groups.add(prefix + entity.id() + ":" + role);
            }
        }
    }
}
