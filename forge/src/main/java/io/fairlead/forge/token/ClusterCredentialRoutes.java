package io.fairlead.forge.token;

import io.fairlead.forge.access.Scope;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Caller;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.api.Times;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whoever is signed in gets what kubectl shows kas for the next hour. GitLab has no such route. */
public final class ClusterCredentialRoutes {
    private final ClusterCredentials credentials;
    private final TokenQueries tokens;

    public ClusterCredentialRoutes(ClusterCredentials credentials, TokenQueries tokens) {
        this.credentials = credentials;
        this.tokens = tokens;
    }

    public List<Route> routes() {
        Access kubectl = new Access.SignedIn(Set.of(Scope.API, Scope.K8S_PROXY));
        return List.of(Route.api(Method.POST, "/user/cluster_credentials", kubectl, this::create));
    }

    private Reply create(Exchange exchange) {
        Caller.Person person = exchange.person();
        long agentId = exchange.parameters().requiredNumber("agent_id");
        boolean own = tokens.byId(person.tokenId())
                .filter(token -> token.userId() == person.userId())
                .isPresent();
        if (!own) {
            throw ApiError.forbidden("403 Forbidden - a credential for a cluster is made with a token of one's own, not"
                    + " by sudo; make the person a token");
        }
        ClusterCredentials.Created created = credentials.create(person.tokenId(), agentId);
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("agent_id", agentId);
        shown.put("token", created.secret());
        shown.put("expires_at", Times.text(created.expiresAt()));
        shown.put("expires_in", ClusterCredentials.LIFE.toSeconds());
        return Reply.created(shown);
    }
}
