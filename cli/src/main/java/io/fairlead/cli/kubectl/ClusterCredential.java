package io.fairlead.cli.kubectl;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What kas is shown for an hour.
 *
 * @param token the bearer token; a secret
 * @param end when it ends, by this machine's clock
 */
record ClusterCredential(String token, Instant end) {
    /** A request that begins now goes on with it for a while; glab renews as early. */
    private static final Duration RENEWED_BEFORE = Duration.ofMinutes(5);

    /** From when on a new one is fetched. */
    Instant renewal() {
        return end.minus(RENEWED_BEFORE);
    }

    /** The answer that kubectl reads from standard output. */
    String execCredential() {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put(
                "expirationTimestamp",
                Instant.ofEpochSecond(renewal().getEpochSecond()).toString());
        status.put("token", token);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("apiVersion", "client.authentication.k8s.io/v1");
        answer.put("kind", "ExecCredential");
        answer.put("status", status);
        return Json.write(answer) + "\n";
    }

    String stored() {
        return Json.write(Map.of("token", token, "end", end.toString())) + "\n";
    }

    /** Reads what {@link #stored} wrote; anything else is nothing. */
    static Optional<ClusterCredential> read(String text) {
        try {
            JsonNode stored = Json.tree(text);
            String token = stored.path("token").asString("");
            return token.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new ClusterCredential(
                            token, Instant.parse(stored.path("end").asString(""))));
        } catch (FairleadException | java.time.format.DateTimeParseException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return "credential until " + end;
    }
}
