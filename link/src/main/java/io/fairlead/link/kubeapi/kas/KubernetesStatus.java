package io.fairlead.link.kubeapi.kas;

import io.fairlead.base.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Errors in the form Kubernetes clients print: a Status object, as GitLab kas 16.5 words it. */
final class KubernetesStatus {
    /** When a client that was turned away for having too many requests may ask again. */
    static final int RETRY_AFTER_SECONDS = 1;

    private KubernetesStatus() {}

    static byte[] json(int code, String text, String traceId) {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("kind", "Status");
        status.put("apiVersion", "v1");
        status.put("metadata", Map.of());
        status.put("status", "Failure");
        status.put("message", "GitLab Agent Server: " + text + ". Trace ID: " + traceId);
        String reason = reason(code);
        if (!reason.isEmpty()) {
            status.put("reason", reason);
        }
        if (code == 429) {
            status.put("details", Map.of("retryAfterSeconds", RETRY_AFTER_SECONDS));
        }
        status.put("code", code);
        return Json.write(status).getBytes(StandardCharsets.UTF_8);
    }

    /** Kubernetes' own word for a code, which is not HTTP's phrase; empty when it has none. */
    private static String reason(int code) {
        return switch (code) {
            case 400 -> "BadRequest";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "NotFound";
            case 405 -> "MethodNotAllowed";
            case 406 -> "NotAcceptable";
            case 409 -> "Conflict";
            case 410 -> "Gone";
            case 413 -> "RequestEntityTooLarge";
            case 415 -> "UnsupportedMediaType";
            case 422 -> "Invalid";
            case 429 -> "TooManyRequests";
            case 500 -> "InternalError";
            case 503 -> "ServiceUnavailable";
            case 504 -> "Timeout";
            default -> "";
        };
    }
}
