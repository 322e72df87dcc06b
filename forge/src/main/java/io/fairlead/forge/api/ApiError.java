package io.fairlead.forge.api;

import io.fairlead.forge.access.Scope;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** A refusal in GitLab's words. Thrown by handlers and the gate, turned into an answer by the {@link Router} alone. */
public final class ApiError extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Reply reply;

    private ApiError(int status, Map<String, String> headers, Object body) {
        super(status + " " + body, null, false, false);
        this.reply = new Reply.Json(status, headers, body);
    }

    private ApiError(Reply reply) {
        super("" + reply.status(), null, false, false);
        this.reply = reply;
    }

    public Reply reply() {
        return reply;
    }

    public static ApiError unauthorized() {
        return message(401, "401 Unauthorized");
    }

    /** A Git client is asked for its name and password. */
    public static ApiError askForPassword() {
        return new ApiError(new Reply.Text(
                401,
                Map.of("WWW-Authenticate", "Basic realm=\"GitLab\""),
                "text/plain",
                "HTTP Basic: Access denied. Use a personal access token with the scope that the operation needs as the"
                        + " password.\n"));
    }

    /** A refusal that Git shows to the person in front of it. */
    public static ApiError forGit(int status, String text) {
        return new ApiError(new Reply.Text(status, Map.of(), "text/plain", text + "\n"));
    }

    /** The token was once good; {@code description} says why it is not any more. */
    public static ApiError invalidToken(String description) {
        return new ApiError(401, Map.of(), Map.of("error", "invalid_token", "error_description", description));
    }

    public static ApiError insufficientScope(Collection<Scope> needed) {
        return new ApiError(
                403,
                Map.of(),
                Map.of(
                        "error",
                        "insufficient_scope",
                        "error_description",
                        "The request requires higher privileges than provided by the access token.",
                        "scope",
                        String.join(" ", Scope.texts(needed))));
    }

    public static ApiError forbidden() {
        return message(403, "403 Forbidden");
    }

    public static ApiError forbidden(String why) {
        return message(403, "403 Forbidden - " + why);
    }

    /** {@code what} in capital letters at the start of words, such as {@code Project}. */
    public static ApiError notFound(String what) {
        return message(404, "404 " + what + " Not Found");
    }

    /** A value that breaks a rule, by the name of the attribute. */
    public static ApiError invalid(String attribute, String problem) {
        return new ApiError(400, Map.of(), Map.of("message", Map.of(attribute, List.of(problem))));
    }

    /** Several attributes break rules. */
    public static ApiError invalid(Map<String, List<String>> problems) {
        return new ApiError(400, Map.of(), Map.of("message", problems));
    }

    /** A parameter that is absent or not of its type, such as {@code name is missing}. */
    public static ApiError badParameter(String problem) {
        return new ApiError(400, Map.of(), Map.of("error", problem));
    }

    /** What is needed for an answer is not there now; asking again in a few seconds is right. */
    public static ApiError unavailable() {
        return new ApiError(
                503,
                Map.of("Retry-After", "5"),
                Map.of("message", "503 Service Unavailable: the database does not answer, try again in a moment"));
    }

    public static ApiError message(int status, String message) {
        return new ApiError(status, Map.of(), Map.of("message", message));
    }

    public static ApiError error(int status, String error, Map<String, String> headers) {
        return new ApiError(status, headers, Map.of("error", error));
    }
}
