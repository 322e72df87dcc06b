package io.fairlead.forge.agent;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fairlead.forge.access.Permission;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Page;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where agents that do not call are reached, over the API. */
public final class AgentUrlRoutes {
    record UrlJson(
            long id,
            long agentId,
            String url,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String publicKey,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String clientCert,

            @Nullable String caCert,
            @Nullable String tlsHost) {
        static UrlJson of(AgentUrl url) {
            return new UrlJson(
                    url.id(),
                    url.agentId(),
                    url.url(),
                    url.proof() instanceof AgentUrl.Proof.OwnKey(String key) ? key : null,
                    url.proof() instanceof AgentUrl.Proof.Certificate(String pem) ? pem : null,
                    url.caCert().orElse(null),
                    url.tlsHost().orElse(null));
        }
    }

    private final AgentUrlQueries urls;
    private final AgentQueries agents;

    public AgentUrlRoutes(AgentUrlQueries urls, AgentQueries agents) {
        this.urls = urls;
        this.agents = agents;
    }

    public List<Route> routes() {
        Access read = Access.reading(Permission.READ_AGENTS);
        Access change = Access.changing(Permission.ADMIN_AGENTS);
        String all = "/projects/:id/cluster_agents/:agent_id/url_configurations";
        return List.of(
                Route.api(Method.GET, all, read, this::list),
                Route.api(Method.POST, all, change, this::add),
                Route.api(
                        Method.GET,
                        all + "/:configuration_id",
                        read,
                        exchange -> Reply.ok(UrlJson.of(named(exchange)))),
                Route.api(Method.DELETE, all + "/:configuration_id", change, this::delete));
    }

    private Reply list(Exchange exchange) {
        return Page.answer(exchange, urls.ofAgent(agent(exchange).id()).stream().toList(), UrlJson::of);
    }

    private Reply add(Exchange exchange) {
        Agent agent = agent(exchange);
        AgentUrl added = urls.add(
                        agent.id(),
                        AgentUrlText.read(exchange.parameters()),
                        exchange.person().userId())
                .orElseThrow(() -> ApiError.message(400, "URL configuration already exists for this agent"));
        return Reply.created(UrlJson.of(added));
    }

    private Reply delete(Exchange exchange) {
        urls.delete(named(exchange).id());
        return Reply.noContent();
    }

    private AgentUrl named(Exchange exchange) {
        long id = exchange.pathNumber("configuration_id", "URL configuration");
        return urls.ofAgent(agent(exchange).id())
                .filter(url -> url.id() == id)
                .orElseThrow(() -> ApiError.notFound("URL configuration"));
    }

    private Agent agent(Exchange exchange) {
        return agents.byId(exchange.pathNumber("agent_id", "Agent"))
                .filter(agent -> agent.projectId() == exchange.projectId())
                .orElseThrow(() -> ApiError.notFound("Agent"));
    }
}
