package io.fairlead.link.kubeapi.kas;

import io.fairlead.link.identity.ProxyCredential;
import io.fairlead.link.identity.TokenShape;
import io.fairlead.link.kubeapi.RequestTarget;
import io.fairlead.wire.http.Headers;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the one credential of a request: an Authorization header, or GitLab's session cookie with its companions. Both, or
 * more than one of any of these, is refused, because two readers might pick differently.
 */
final class CredentialReader {
    static final String SESSION_COOKIE = "_gitlab_kas";
    static final String AGENT_ID_QUERY = "gitlab-agent-id";
    static final String CSRF_QUERY = "gitlab-csrf-token";

    /** Query parameters that belong to a session. */
    static final Set<String> SESSION_QUERY = Set.of(AGENT_ID_QUERY, CSRF_QUERY);

    /** What was found, or why there is nothing to go on with. */
    sealed interface Result {
        record Found(ProxyCredential credential) implements Result {}

        record Refused(Refusal refusal) implements Result {}
    }

    private CredentialReader() {}

    static Result read(Headers headers, RequestTarget target) {
        List<String> authorizations = headers.all("Authorization");
        if (authorizations.size() > 1) {
            return refused("the request has more than one Authorization header");
        }
        List<String> cookies = cookies(headers);
        if (authorizations.isEmpty()) {
            return session(cookies, headers, target);
        }
        if (!cookies.isEmpty()) {
            return refused(
                    "the request has an Authorization header and a " + SESSION_COOKIE + " cookie; send one of them");
        }
        return bearer(authorizations.getFirst());
    }

    private static Result bearer(String authorization) {
        if (!authorization.startsWith("Bearer ")) {
            return refused("the Authorization header must be \"Bearer ci:<agent id>:<job token>\" or"
                    + " \"Bearer pat:<agent id>:<access token>\"");
        }
        String[] parts = authorization.substring("Bearer ".length()).split(":", 3);
        if (parts.length != 3 || parts[2].isEmpty()) {
            return refused("the bearer token must be ci:<agent id>:<job token> or pat:<agent id>:<access token>");
        }
        Optional<Long> agentId = agentId(parts[1]);
        if (agentId.isEmpty()) {
            return refused("the agent id in the bearer token must be a number");
        }
        Optional<String> fault = TokenShape.fault(parts[2]);
        if (fault.isPresent()) {
            return refused("the token " + fault.get());
        }
        return switch (parts[0]) {
            case "ci" -> new Result.Found(new ProxyCredential.CiJob(agentId.get(), parts[2]));
            case "pat" -> new Result.Found(new ProxyCredential.PersonalAccessToken(agentId.get(), parts[2]));
            default -> refused("the bearer token must begin with ci: or pat:");
        };
    }

    private static Result session(List<String> cookies, Headers headers, RequestTarget target) {
        if (cookies.isEmpty()) {
            return refused("the request has no credentials; use a kubeconfig made for this agent");
        }
        if (cookies.size() > 1) {
            return refused("the request has more than one " + SESSION_COOKIE + " cookie");
        }
        Optional<String> id = one(headers.all("Gitlab-Agent-Id"), target.query().get(AGENT_ID_QUERY));
        Optional<String> csrf = one(headers.all("X-Csrf-Token"), target.query().get(CSRF_QUERY));
        if (id.isEmpty() || csrf.isEmpty()) {
            return refused("a session needs exactly one agent id and one CSRF token, in headers or in the query");
        }
        Optional<Long> agentId = id.flatMap(CredentialReader::agentId);
        if (agentId.isEmpty() || csrf.get().isEmpty()) {
            return refused("the agent id must be a number and the CSRF token must not be empty");
        }
        String cookie;
        try {
            cookie = URLDecoder.decode(cookies.getFirst(), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return refused("the " + SESSION_COOKIE + " cookie is not well-formed");
        }
        Optional<String> fault = TokenShape.fault(cookie)
                .map(what -> SESSION_COOKIE + " cookie " + what)
                .or(() -> TokenShape.fault(csrf.get()).map(what -> "CSRF token " + what));
        if (fault.isPresent()) {
            return refused("the " + fault.get());
        }
        return new Result.Found(new ProxyCredential.Session(agentId.get(), cookie, csrf.get()));
    }

    private static List<String> cookies(Headers headers) {
        List<String> found = new ArrayList<>();
        for (String header : headers.all("Cookie")) {
            for (String pair : header.split(";", -1)) {
                String stripped = pair.strip();
                if (stripped.startsWith(SESSION_COOKIE + "=")) {
                    found.add(stripped.substring(SESSION_COOKIE.length() + 1));
                }
            }
        }
        return found;
    }

    /** The one value that stands in a header or in a query parameter. */
    private static Optional<String> one(List<String> header, @Nullable List<String> query) {
        List<String> all = new ArrayList<>(header);
        if (query != null) {
            all.addAll(query);
        }
        return all.size() == 1 ? Optional.of(all.getFirst()) : Optional.empty();
    }

    private static Optional<Long> agentId(String text) {
        if (text.isEmpty() || text.length() > 18 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Optional.empty();
        }
        return Optional.of(Long.parseLong(text));
    }

    private static Result refused(String text) {
        return new Result.Refused(Refusal.unauthorized(text));
    }
}
