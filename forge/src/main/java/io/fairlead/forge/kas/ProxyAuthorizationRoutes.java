package io.fairlead.forge.kas;

import io.fairlead.forge.agent.ProxyAuthorization;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import io.fairlead.gitlab.api.AuthorizeProxyUserRequest;
import java.util.List;

/** kas asks who stands at the Kubernetes API and as whom to let them in. */
public final class ProxyAuthorizationRoutes {
    private final ProxyAuthorization authorization;

    public ProxyAuthorizationRoutes(ProxyAuthorization authorization) {
        this.authorization = authorization;
    }

    public List<Route> routes() {
        return List.of(
                Route.api(Method.POST, "/internal/kubernetes/authorize_proxy_user", new Access.Kas(), this::authorize));
    }

    private Reply authorize(Exchange exchange) {
        long agentId = exchange.parameters().requiredNumber("agent_id");
        String type = exchange.parameters().requiredText("access_type");
        String key = exchange.parameters().requiredText("access_key");
        return switch (type) {
            case AuthorizeProxyUserRequest.PERSONAL_ACCESS_TOKEN ->
                Reply.created(authorization.byPersonalAccessToken(agentId, key));
            // There are no sessions before there are pages to sign in on, so every one of them is unknown.
            case AuthorizeProxyUserRequest.SESSION_COOKIE -> throw ApiError.unauthorized();
            default -> throw ApiError.badParameter("access_type does not have a valid value");
        };
    }
}
