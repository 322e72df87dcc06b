package io.fairlead.kube.rbac;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which action a request is, by its method and target, exactly as API servers derive it (RequestInfo of Kubernetes 1.34), odd
 * corners included: the authorizer decides on this and not on what the request means.
 */
public final class RequestedAction {
    private static final Set<String> PREFIXES = Set.of("api", "apis");
    private static final Set<String> VERBS_IN_PATHS = Set.of("proxy", "watch");
    private static final Set<String> NAMESPACE_SUBRESOURCES = Set.of("status", "finalize");
    private static final Set<String> NUMBERS = Set.of("limit", "timeoutSeconds");

    private RequestedAction() {}

    /**
     * The action of a request.
     *
     * @param path decoded, without the query
     * @param query decoded; of a name's several values the first counts
     */
    public static Action of(String method, String path, Map<String, List<String>> query) {
        List<String> parts = segments(path);
        Action.OnPath other = new Action.OnPath(method.toLowerCase(Locale.ROOT), path);
        if (parts.size() < 3 || !PREFIXES.contains(parts.getFirst())) {
            return other;
        }
        boolean grouped = parts.getFirst().equals("apis");
        if (grouped && parts.size() < 4) {
            return other;
        }
        String apiGroup = grouped ? parts.get(1) : "";
        parts = parts.subList(grouped ? 3 : 2, parts.size());
        String verb = verb(method);
        if (VERBS_IN_PATHS.contains(parts.getFirst())) {
            if (parts.size() < 2) {
                return other;
            }
            verb = parts.getFirst();
            parts = parts.subList(1, parts.size());
        }
        String namespace = "";
        if (parts.getFirst().equals("namespaces") && parts.size() > 1) {
            namespace = parts.get(1);
            if (parts.size() > 2 && !NAMESPACE_SUBRESOURCES.contains(parts.get(2))) {
                parts = parts.subList(2, parts.size());
            }
        }
        String subresource = parts.size() >= 3 && !verb.equals("proxy") ? parts.get(2) : "";
        String name = parts.size() >= 2 ? parts.get(1) : "";
        if (name.isEmpty() && verb.equals("get")) {
            verb = watches(query) ? "watch" : "list";
            name = selectedName(query).orElse("");
        } else if (name.isEmpty() && verb.equals("delete")) {
            verb = "deletecollection";
        }
        return new Action.OnResource(verb, apiGroup, parts.getFirst(), subresource, namespace, name);
    }

    private static List<String> segments(String path) {
        int from = 0;
        int to = path.length();
        while (from < to && path.charAt(from) == '/') {
            from++;
        }
        while (to > from && path.charAt(to - 1) == '/') {
            to--;
        }
        return from == to ? List.of() : Arrays.asList(path.substring(from, to).split("/", -1));
    }

    private static String verb(String method) {
        return switch (method) {
            case "POST" -> "create";
            case "GET", "HEAD" -> "get";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> "delete";
            default -> "";
        };
    }

    private static Optional<String> first(Map<String, List<String>> query, String name) {
        List<String> values = query.getOrDefault(name, List.of());
        return values.isEmpty() ? Optional.empty() : Optional.of(values.getFirst());
    }

    /** Anything but {@code false} and {@code 0} is yes, nothing at all included. */
    private static boolean watches(Map<String, List<String>> query) {
        return first(query, "watch")
                .filter(value -> !value.equalsIgnoreCase("false") && !value.equals("0"))
                .isPresent();
    }

    /** The one name that {@code fieldSelector} lets through; none when any of the options cannot be read. */
    private static Optional<String> selectedName(Map<String, List<String>> query) {
        for (String number : NUMBERS) {
            if (first(query, number)
                    .filter(value -> !value.matches("|[+-]?[0-9]{1,18}"))
                    .isPresent()) {
                return Optional.empty();
            }
        }
        Optional<String> selected = Optional.empty();
        for (String term : terms(first(query, "fieldSelector").orElse(""))) {
            int equals = term.indexOf('=');
            if (equals < 0) {
                return Optional.empty();
            }
            boolean not = equals > 0 && term.charAt(equals - 1) == '!';
            String field = term.substring(0, not ? equals - 1 : equals);
            boolean twice = !not && term.startsWith("==", equals);
            Optional<String> value = unescaped(term.substring(equals + (twice ? 2 : 1)));
            if (value.isEmpty()) {
                return Optional.empty();
            }
            if (!not && selected.isEmpty() && field.equals("metadata.name")) {
                selected = value;
            }
        }
        return selected.filter(
                name -> !name.equals(".") && !name.equals("..") && !name.contains("/") && !name.contains("%"));
    }

    private static List<String> terms(String selector) {
        List<String> terms = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= selector.length(); i++) {
            if (i == selector.length() || selector.charAt(i) == ',') {
                if (i > start) {
                    terms.add(selector.substring(start, i));
                }
                start = i + 1;
            } else if (selector.charAt(i) == '\\' && i + 1 < selector.length()) {
                i++;
            }
        }
        return terms;
    }

    /** Nothing when a backslash stands before anything but itself, a comma or an equals sign, or one of those stands bare. */
    private static Optional<String> unescaped(String value) {
        StringBuilder plain = new StringBuilder(value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\\') {
                i++;
                if (i == value.length() || "\\,=".indexOf(value.charAt(i)) < 0) {
                    return Optional.empty();
                }
            } else if (c == ',' || c == '=') {
                return Optional.empty();
            }
            plain.append(value.charAt(i));
        }
        return Optional.of(plain.toString());
    }
}
