package io.fairlead.gitlab.api;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Body of {@code POST /internal/kubernetes/authorize_proxy_user}. {@code agentId} is written as text, as kas does.
 *
 * @param accessKey the personal access token or the decoded cookie
 * @param csrfToken for sessions; left out when empty
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record AuthorizeProxyUserRequest(
        @JsonFormat(shape = JsonFormat.Shape.STRING) long agentId,
        String accessType,
        String accessKey,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) String csrfToken) {
    public static final String SESSION_COOKIE = "session_cookie";
    public static final String PERSONAL_ACCESS_TOKEN = "personal_access_token";

    public AuthorizeProxyUserRequest {
        csrfToken = csrfToken == null ? "" : csrfToken;
    }

    public static AuthorizeProxyUserRequest personalAccessToken(long agentId, String token) {
        return new AuthorizeProxyUserRequest(agentId, PERSONAL_ACCESS_TOKEN, token, "");
    }

    public static AuthorizeProxyUserRequest session(long agentId, String cookie, String csrfToken) {
        return new AuthorizeProxyUserRequest(agentId, SESSION_COOKIE, cookie, csrfToken);
    }

    @Override
    public String toString() {
        return "AuthorizeProxyUserRequest[agentId=" + agentId + ", accessType=" + accessType + ", ***]";
    }
}
