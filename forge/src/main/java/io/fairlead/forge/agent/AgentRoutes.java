package io.fairlead.forge.agent;

import io.fairlead.forge.access.Permission;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Page;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.identity.Names;
import io.fairlead.forge.project.Project;
import io.fairlead.forge.project.ProjectQueries;
import java.time.InstantSource;
import java.util.List;

/** Agents and their tokens over the API. */
public final class AgentRoutes {
    private static final int TEXT_LENGTH_MAX = 255;
    private static final int DESCRIPTION_LENGTH_MAX = 1024;

    private final AgentQueries agents;
    private final AgentTokenQueries tokenQueries;
    private final AgentTokens tokens;
    private final ProjectQueries projects;
    private final AgentConfigurations configurations;
    private final InstantSource clock;

    public AgentRoutes(
            AgentQueries agents,
            AgentTokenQueries tokenQueries,
            AgentTokens tokens,
            ProjectQueries projects,
            AgentConfigurations configurations,
            InstantSource clock) {
        this.agents = agents;
        this.tokenQueries = tokenQueries;
        this.tokens = tokens;
        this.projects = projects;
        this.configurations = configurations;
        this.clock = clock;
    }

    public List<Route> routes() {
        Access read = Access.reading(Permission.READ_AGENTS);
        Access change = Access.changing(Permission.ADMIN_AGENTS);
        String all = "/projects/:id/cluster_agents";
        String one = all + "/:agent_id";
        return List.of(
                Route.api(Method.GET, all, read, this::list),
                Route.api(Method.POST, all, change, this::create),
                Route.api(Method.GET, one, read, this::one),
                Route.api(Method.DELETE, one, change, this::delete),
                Route.api(Method.GET, one + "/tokens", read, this::tokens),
                Route.api(Method.POST, one + "/tokens", change, this::createToken),
                Route.api(Method.GET, one + "/tokens/:token_id", read, this::token),
                Route.api(Method.DELETE, one + "/tokens/:token_id", change, this::revokeToken));
    }

    private Reply list(Exchange exchange) {
        Page page = Page.of(exchange);
        Project project = project(exchange);
        List<AgentJson> part = agents.ofProject(project.id(), page.offset(), page.size()).stream()
                .map(agent -> AgentJson.of(agent, project))
                .toList();
        return page.reply(exchange, part, agents.countOfProject(project.id()));
    }

    private Reply create(Exchange exchange) {
        String name = exchange.parameters().requiredText("name");
        if (!Names.agent(name)) {
            throw ApiError.invalid(
                    "name", "can contain only lowercase letters, digits, and '-', but cannot start or end with '-'");
        }
        Agent agent = agents.create(
                        exchange.projectId(), name, exchange.person().userId(), clock.instant())
                .orElseThrow(() -> ApiError.invalid("name", "has already been taken"));
        configurations.refresh(agent.projectId()).forEach(exchange::warn);
        return Reply.created(AgentJson.of(agent, project(exchange)));
    }

    private Reply one(Exchange exchange) {
        return Reply.ok(AgentJson.of(agent(exchange), project(exchange)));
    }

    private Reply delete(Exchange exchange) {
        agents.delete(agent(exchange).id());
        return Reply.noContent();
    }

    private Reply tokens(Exchange exchange) {
        return Page.answer(exchange, tokenQueries.active(agent(exchange).id()), AgentJson.Token::of);
    }

    private Reply createToken(Exchange exchange) {
        Agent agent = agent(exchange);
        String name = exchange.parameters().requiredText("name");
        if (name.length() > TEXT_LENGTH_MAX) {
            throw ApiError.invalid("name", "is too long (maximum is " + TEXT_LENGTH_MAX + " characters)");
        }
        String description = exchange.parameters().text("description").orElse(null);
        if (description != null && description.length() > DESCRIPTION_LENGTH_MAX) {
            throw ApiError.invalid("description", "is too long (maximum is " + DESCRIPTION_LENGTH_MAX + " characters)");
        }
        AgentTokens.Created created = tokens.create(new AgentToken.Draft(
                        agent.id(), name, description, exchange.person().userId()))
                .orElseThrow(() ->
                        ApiError.message(400, "An agent can have only two active tokens at a time; revoke one first"));
        return Reply.created(AgentJson.SingleToken.of(created.token(), created.secret()));
    }

    private Reply token(Exchange exchange) {
        return Reply.ok(AgentJson.SingleToken.of(named(exchange), null));
    }

    private Reply revokeToken(Exchange exchange) {
        tokenQueries.revoke(named(exchange).id());
        return Reply.noContent();
    }

    private AgentToken named(Exchange exchange) {
        return tokenQueries
                .active(agent(exchange).id(), exchange.pathNumber("token_id", "Agent Token"))
                .orElseThrow(() -> ApiError.notFound("Agent Token"));
    }

    /** The agent named in the path, if it belongs to the project named before it. */
    private Agent agent(Exchange exchange) {
        return agents.byId(exchange.pathNumber("agent_id", "Agent"))
                .filter(agent -> agent.projectId() == exchange.projectId())
                .orElseThrow(() -> ApiError.notFound("Agent"));
    }

    private Project project(Exchange exchange) {
        return projects.byId(exchange.projectId()).orElseThrow(() -> ApiError.notFound("Project"));
    }
}
