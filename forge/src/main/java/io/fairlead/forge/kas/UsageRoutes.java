package io.fairlead.forge.kas;

import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** What kas reports about its use. Counters are added up; of lists of distinct ids only the calls are counted. */
public final class UsageRoutes {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,99}");
    private static final int NAMES_MAX = 100;

    private final UsageQueries usage;

    public UsageRoutes(UsageQueries usage) {
        this.usage = usage;
    }

    public List<Route> routes() {
        return List.of(
                Route.api(Method.POST, "/internal/kubernetes/usage_metrics", new Access.Kas(), this::metrics),
                Route.api(Method.POST, "/internal/kubernetes/agent_events", new Access.Kas(), this::events));
    }

    private Reply metrics(Exchange exchange) {
        Map<String, Long> increments = new TreeMap<>();
        for (Map.Entry<String, JsonNode> counter : members(exchange, "counters")) {
            JsonNode value = counter.getValue();
            if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < 0) {
                throw ApiError.badParameter("counters[" + counter.getKey() + "] is invalid");
            }
            increments.put(counter.getKey(), value.asLong());
        }
        for (Map.Entry<String, JsonNode> counter : members(exchange, "unique_counters")) {
            if (!counter.getValue().isArray()) {
                throw ApiError.badParameter("unique_counters[" + counter.getKey() + "] is invalid");
            }
        }
        usage.add(increments);
        return Reply.noContent();
    }

    private Reply events(Exchange exchange) {
        Map<String, Long> increments = new TreeMap<>();
        for (Map.Entry<String, JsonNode> event : members(exchange, "events")) {
            if (!event.getValue().isArray()) {
                throw ApiError.badParameter("events[" + event.getKey() + "] is invalid");
            }
            increments.put("event_" + event.getKey(), (long) event.getValue().size());
        }
        usage.add(increments);
        return Reply.noContent();
    }

    private static Iterable<Map.Entry<String, JsonNode>> members(Exchange exchange, String name) {
        JsonNode node = exchange.parameters().tree().get(name);
        if (node == null || node.isNull()) {
            return List.of();
        }
        if (!node.isObject() || node.size() > NAMES_MAX) {
            throw ApiError.badParameter(name + " is invalid");
        }
        for (String member : node.propertyNames()) {
            if (!NAME.matcher(member).matches()) {
                throw ApiError.badParameter(name + " has a member with an invalid name");
            }
        }
        return node.properties();
    }
}
