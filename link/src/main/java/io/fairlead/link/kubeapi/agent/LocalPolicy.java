package io.fairlead.link.kubeapi.agent;

import io.fairlead.base.text.Wildcard;
import io.fairlead.link.explanation.Explanations;
import io.fairlead.link.kubeapi.rpc.ExtraKeyVal;
import io.fairlead.link.kubeapi.rpc.ImpersonationConfig;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Whom requests may act as in this cluster, and where, whatever the hub decided: said by whoever runs the agent. Everything is a
 * list of names or of patterns in which {@code *} stands for anything; what is not listed is refused. The agent's own rights are
 * for nobody while there is a policy.
 *
 * <p>The API server checks besides whether the agent may impersonate at all; this is for clusters whose RBAC lets it
 * impersonate more than it should be asked for.
 *
 * @param name what refusals call it, such as the file's path
 * @param users whom requests may act as
 * @param groups of these each that is presented must be one
 * @param uids that may be presented
 * @param extraKeys of extras that may be presented, in any case
 * @param namespaces where requests may go, and whose own objects they may read and not change; nothing for anywhere,
 *     cluster-wide objects included
 */
public record LocalPolicy(
        String name,
        List<String> users,
        List<String> groups,
        List<String> uids,
        List<String> extraKeys,
        Optional<List<String>> namespaces) {
    /** What kas says about a request besides who it is. */
    public static final List<String> EXTRA_KEYS = List.of("agent.gitlab.com/*");

    private static final int SHOWN_MAX = 200;
    private static final Set<String> READING = Set.of("GET", "HEAD");
    private static final Set<String> OF_NAMESPACES = Set.of("status", "finalize");
    private static final Set<String> PROBES = Set.of("healthz", "livez", "readyz");

    public LocalPolicy {
        users = List.copyOf(users);
        groups = List.copyOf(groups);
        uids = List.copyOf(uids);
        extraKeys = List.copyOf(extraKeys);
        namespaces = namespaces.map(List::copyOf);
    }

    /**
     * Why a request is refused, with what to change; nothing when it may pass.
     *
     * @param path as the API server will understand it, decoded
     * @param as whom it is to act as; absent for the agent itself
     */
    Optional<String> refusal(String method, String path, Optional<ImpersonationConfig> as) {
        if (as.isEmpty()) {
            return Optional.of(
                    says("nobody acts as the agent itself", "use another access_as than agent in its configuration"));
        }
        return identity(as.get())
                .or(() -> namespaces
                        .filter(allowed -> !within(allowed, method, path))
                        .map(allowed -> says(
                                "requests go to its namespaces only, whose own objects they may read, and " + method
                                        + " " + shown(path) + " is no such request",
                                "name one of its namespaces, or let who runs the agent add it to namespaces there")));
    }

    private Optional<String> identity(ImpersonationConfig as) {
        if (!fits(users, as.getUsername())) {
            return Optional.of(missing("user", as.getUsername(), "users"));
        }
        for (String group : as.getGroupsList()) {
            if (!fits(groups, group)) {
                return Optional.of(missing("group", group, "groups"));
            }
        }
        if (!as.getUid().isEmpty() && !fits(uids, as.getUid())) {
            return Optional.of(missing("uid", as.getUid(), "uids"));
        }
        for (ExtraKeyVal extra : as.getExtraList()) {
            // API servers fold the key, so it is compared as they will have it.
            String key = extra.getKey().toLowerCase(Locale.ROOT);
            if (extraKeys.stream().noneMatch(pattern -> Wildcard.fits(pattern.toLowerCase(Locale.ROOT), key))) {
                return Optional.of(missing("extra", extra.getKey(), "extra_keys"));
            }
        }
        return Optional.empty();
    }

    private static boolean fits(List<String> patterns, String name) {
        return patterns.stream().anyMatch(pattern -> Wildcard.fits(pattern, name));
    }

    /** Whether the path is in one of the namespaces, or only tells what the API server has. */
    private static boolean within(List<String> allowed, String method, String path) {
        String[] parts = path.replaceAll("^/+|/+$", "").split("/", -1);
        for (String part : parts) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                return false;
            }
        }
        if (READING.contains(method) && tellsOfTheServer(parts)) {
            return true;
        }
        if (READING.contains(method) && path.startsWith(Explanations.PATH)) {
            // The agent's own answers: what roles say about whoever asks, and nothing is touched.
            return true;
        }
        int resource = parts[0].equals("api") ? 2 : parts[0].equals("apis") ? 3 : Integer.MAX_VALUE - 1;
        return parts.length > resource + 1
                && parts[resource].equals("namespaces")
                && fits(allowed, parts[resource + 1])
                && (READING.contains(method) || !theNamespaceItself(parts, resource));
    }

    /** The object, not what is in it: with the right to change that one, namespaces are deleted and their labels lifted. */
    private static boolean theNamespaceItself(String[] parts, int resource) {
        return parts.length == resource + 2 || OF_NAMESPACES.contains(parts[resource + 2]);
    }

    private static boolean tellsOfTheServer(String[] parts) {
        return switch (parts[0]) {
            case "api" -> parts.length <= 2;
            case "apis" -> parts.length <= 3;
            case "version" -> parts.length == 1;
            case "openapi" -> true;
            default -> PROBES.contains(parts[0]);
        };
    }

    private String missing(String kind, String value, String key) {
        return says(
                "it has no " + kind + " \"" + shown(value) + "\"",
                "let who runs the agent add it to " + key + " there, if that is meant");
    }

    private String says(String why, String advice) {
        return "the local policy of this agent (" + name + ") does not allow this: " + why + "; " + advice;
    }

    private static String shown(String text) {
        return text.length() > SHOWN_MAX ? text.substring(0, SHOWN_MAX) + "..." : text;
    }
}
