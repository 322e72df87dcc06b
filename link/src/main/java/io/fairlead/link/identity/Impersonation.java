package io.fairlead.link.identity;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * As whom agentk speaks to the cluster's API server. Order is kept; empty text means absent.
 *
 * @param extra values by key, keys as the cluster sees them (not escaped)
 */
public record Impersonation(String username, List<String> groups, String uid, Map<String, List<String>> extra) {
    public Impersonation {
        groups = List.copyOf(groups);
        Map<String, List<String>> copy = new LinkedHashMap<>();
        extra.forEach((key, values) -> copy.put(key, List.copyOf(values)));
        extra = Collections.unmodifiableMap(copy);
    }
}
