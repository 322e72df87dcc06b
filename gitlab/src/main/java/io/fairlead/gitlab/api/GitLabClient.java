package io.fairlead.gitlab.api;

import io.fairlead.base.time.Scheduler;
import io.fairlead.gitlab.jwt.KasJwt;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Asks GitLab's internal API. Calls block: run them on virtual threads. Every failure is a {@link GitLabException}.
 *
 * <p>Each call to an internal endpoint carries kas's JWT. An agent's token travels in the header of each GitLab
 * generation at once (docs/internals/identity.md), because kas does not know which one answers.
 */
public final class GitLabClient implements AutoCloseable {
    private static final String INTERNAL = "/api/v4/internal/kubernetes";

    private final GitLabTransport transport;
    private final KasJwt jwt;

    public GitLabClient(GitLabClientConfig config, KasJwt jwt, Scheduler time) {
        this.transport = new GitLabTransport(config, time);
        this.jwt = jwt;
    }

    /** The agent that {@code agentToken} belongs to. Not retried: the agent comes again by itself. */
    public AgentInfoResponse agentInfo(String agentToken) {
        HttpRequest.Builder request = forAgent("/agent_info", agentToken)
                .header("Accept", "application/json")
                .GET();
        return json(transport.once(CallShare.AGENTS, request.build()), AgentInfoResponse.class);
    }

    /**
     * Returns if the agent may read a project, and fails with 404 if not.
     *
     * @param project full path, or a number
     */
    public void verifyProjectAccess(String agentToken, String project) {
        String query = "?id=" + URLEncoder.encode(project, StandardCharsets.UTF_8);
        transport.retrying(
                CallShare.AGENTS,
                () -> forAgent("/verify_project_access" + query, agentToken)
                        .GET()
                        .build());
    }

    /** Tells GitLab what an agent's configuration says, so that it knows who may use the agent. */
    public void postAgentConfiguration(long agentId, JsonNode configurationFile) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("agent_id", Long.toString(agentId));
        body.put("agent_config", configurationFile);
        transport.retrying(CallShare.AGENTS, () -> post(internal("/agent_configuration"), body));
    }

    /** Whether a person may use an agent, and as whom. */
    public AuthorizeProxyUserResponse authorizeProxyUser(AuthorizeProxyUserRequest request, CallShare share) {
        return json(
                transport.retrying(
                        share,
                        () -> post(internal("/authorize_proxy_user").header("Accept", "application/json"), request)),
                AuthorizeProxyUserResponse.class);
    }

    /**
     * Begins to hear whose rights change. Ours: a real GitLab answers 404. To be tried again by the caller, who has missed an
     * unknown number of changes then.
     */
    public AccessChangeStream accessChanges() {
        HttpRequest request = internal("/access_changes")
                .header("Accept", "application/x-ndjson")
                .GET()
                .build();
        return new AccessChangeStream("GET /access_changes", transport.open(request));
    }

    /**
     * Hands on what went through the hub, as lines of JSON. Ours: a real GitLab answers 404.
     */
    public void postAuditRecords(byte[] lines) {
        transport.once(
                CallShare.AGENTS,
                internal("/audit_records")
                        .header("Content-Type", "application/x-ndjson")
                        .POST(BodyPublishers.ofByteArray(lines))
                        .build());
    }

    /** Reports use since the last report; {@code counters} are differences. */
    public void postUsageMetrics(Map<String, Long> counters, Map<String, long[]> uniqueCounters) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("counters", counters);
        body.put("unique_counters", uniqueCounters);
        // A second delivery would count twice, so there is no second try.
        transport.once(CallShare.AGENTS, post(internal("/usage_metrics"), body));
    }

    /** The agents that a running job may use. Authenticated by the job's token alone, without kas's JWT. */
    public AllowedAgents allowedAgents(String jobToken, CallShare share) {
        HttpRequest request = transport
                .request("/api/v4/job/allowed_agents")
                .header("Accept", "application/json")
                .header("Job-Token", jobToken)
                .GET()
                .build();
        return json(transport.retrying(share, () -> request), AllowedAgents.class);
    }

    private HttpRequest.Builder forAgent(String path, String agentToken) {
        return internal(path)
                .header("Authorization", "Bearer " + agentToken)
                .header("Gitlab-Agentk-Api-Request", agentToken)
                .header("Gitlab-Agent-Api-Request", agentToken);
    }

    private HttpRequest.Builder internal(String path) {
        return transport.request(INTERNAL + path).header("Gitlab-Kas-Api-Request", jwt.fromKasToGitLab());
    }

    private static HttpRequest post(HttpRequest.Builder request, Object body) {
        return request.header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(GitLabJson.MAPPER.writeValueAsBytes(body)))
                .build();
    }

    private static <T> T json(GitLabTransport.Answer answer, Class<T> type) {
        if (!answer.contentType().startsWith("application/json")) {
            throw GitLabException.malformed(
                    answer.request(), answer.status(), "its content type is " + answer.contentType());
        }
        try {
            return GitLabJson.MAPPER.readValue(answer.body(), type);
        } catch (JacksonException e) {
            // Jackson quotes the source in its full message; the original message alone names only the place.
            throw GitLabException.malformed(answer.request(), answer.status(), e.getOriginalMessage());
        }
    }

    @Override
    public void close() {
        transport.close();
    }
}
