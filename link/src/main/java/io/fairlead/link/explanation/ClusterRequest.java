package io.fairlead.link.explanation;

import io.fairlead.link.identity.Impersonation;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request as it went to the API server.
 *
 * @param path decoded, without what the API server's paths begin with
 * @param query decoded
 * @param as whom the agent impersonated; nothing when it spoke for itself
 */
public record ClusterRequest(String method, String path, Map<String, List<String>> query, Optional<Impersonation> as) {}
