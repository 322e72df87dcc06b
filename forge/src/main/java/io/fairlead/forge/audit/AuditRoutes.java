package io.fairlead.forge.audit;

import io.fairlead.forge.access.Permission;
import io.fairlead.forge.agent.Agent;
import io.fairlead.forge.agent.AgentQueries;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Parameters;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * What went through the hub: kas brings records, administrators ask for all and maintainers for those of their agents. All three
 * are ours.
 */
public final class AuditRoutes {
    /** kas sends some 1 MiB at once. */
    private static final int BATCH_BYTES_MAX = 4 << 20;

    private static final int RECORDS_DEFAULT = 100;
    private static final int RECORDS_MAX = 1_000;

    /** Nothing in it is ever escaped. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_. -]{1,255}");

    private final AuditFiles files;
    private final AgentQueries agents;

    public AuditRoutes(AuditFiles files, AgentQueries agents) {
        this.files = files;
        this.agents = agents;
    }

    public List<Route> routes() {
        return List.of(
                Route.api(Method.POST, "/internal/kubernetes/audit_records", new Access.Kas(), this::append),
                Route.api(
                        Method.GET,
                        "/audit_records",
                        Access.administrator(),
                        exchange -> list(exchange, exchange.parameters().number("agent_id"))),
                Route.api(
                        Method.GET,
                        "/projects/:id/cluster_agents/:agent_id/audit_records",
                        Access.reading(Permission.ADMIN_AGENTS),
                        exchange -> list(exchange, OptionalLong.of(ownAgent(exchange)))));
    }

    private Reply append(Exchange exchange) {
        try {
            byte[] lines = exchange.request().body().readNBytes(BATCH_BYTES_MAX + 1);
            if (lines.length > BATCH_BYTES_MAX) {
                throw ApiError.error(413, "at most " + BATCH_BYTES_MAX + " bytes at once", Map.of());
            }
            refuseOthers(lines);
            files.append(lines);
            return Reply.noContent();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Each line is an object in printable ASCII: nothing that is written can be taken for another line. */
    private static void refuseOthers(byte[] lines) {
        boolean begins = true;
        byte before = '\n';
        for (byte next : lines) {
            if (next == '\n' ? before != '}' : next < ' ' || next == 0x7f || (begins && next != '{')) {
                throw ApiError.badParameter("the body is no list of JSON objects, one a line, in printable ASCII");
            }
            begins = next == '\n';
            before = next;
        }
        if (lines.length == 0 || !begins) {
            throw ApiError.badParameter("the body does not end with a line");
        }
    }

    private long ownAgent(Exchange exchange) {
        return agents.byId(exchange.pathNumber("agent_id", "Agent"))
                .filter(agent -> agent.projectId() == exchange.projectId())
                .map(Agent::id)
                .orElseThrow(() -> ApiError.notFound("Agent"));
    }

    private Reply list(Exchange exchange, OptionalLong agentId) {
        Parameters parameters = exchange.parameters();
        AuditFilter filter = new AuditFilter(parameters.time("since"), parameters.time("until"))
                .number("agent_id", agentId)
                .text("user", plain("user", parameters.text("user")))
                .text("decision", plain("decision", parameters.text("decision")))
                .text("verb", plain("verb", parameters.text("verb")))
                .text("resource", plain("resource", parameters.text("resource")))
                .text("namespace", plain("namespace", parameters.text("namespace")));
        int max = (int) Math.clamp(parameters.number("limit").orElse(RECORDS_DEFAULT), 1, RECORDS_MAX);
        Optional<AuditFiles.Place> after = parameters
                .text("after")
                .map(text -> AuditFiles.Place.parse(text)
                        .orElseThrow(() -> ApiError.badParameter("after is no place that was told")));
        try {
            AuditFiles.Found found =
                    after.isPresent() ? files.after(after.get(), filter, max) : files.last(filter, max);
            String json = "{\"records\":[" + String.join(",", found.lines()) + "],\"after\":\"" + found.end() + "\""
                    + found.searchedSince()
                            .map(time -> ",\"searched_since\":\"" + time + "\"")
                            .orElse("")
                    + "}";
            return new Reply.Bytes(200, Map.of(), "application/json", json.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<String> plain(String name, Optional<String> value) {
        value.filter(text -> !PLAIN.matcher(text).matches()).ifPresent(_ -> {
            throw ApiError.badParameter(name + " does not have a valid value");
        });
        return value;
    }
}
