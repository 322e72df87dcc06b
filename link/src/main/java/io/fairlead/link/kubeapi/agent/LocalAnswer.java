package io.fairlead.link.kubeapi.agent;

import io.fairlead.base.json.Json;
import io.fairlead.wire.http.Headers;
import io.fairlead.wire.http.ResponseHead;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** An answer that the agent gives in place of the API server: a refusal as Kubernetes words it. */
record LocalAnswer(ResponseHead head, byte[] body) {
    private static final int FORBIDDEN = 403;

    /** Kubernetes' own type, so that kubectl prints the message. */
    static LocalAnswer forbidden(String message) {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("kind", "Status");
        status.put("apiVersion", "v1");
        status.put("metadata", Map.of());
        status.put("status", "Failure");
        status.put("message", message);
        status.put("reason", "Forbidden");
        status.put("code", FORBIDDEN);
        byte[] body = Json.write(status).getBytes(StandardCharsets.UTF_8);
        Headers headers = Headers.empty();
        headers.add("Content-Type", "application/json");
        headers.add("Content-Length", Integer.toString(body.length));
        return new LocalAnswer(ResponseHead.of(FORBIDDEN, headers), body);
    }
}
