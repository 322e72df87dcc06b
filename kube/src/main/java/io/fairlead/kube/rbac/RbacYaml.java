package io.fairlead.kube.rbac;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Roles and bindings as people write them. */
final class RbacYaml {
    /** What reads as a text in every YAML without quotes; all else gets them. */
    private static final Pattern PLAIN = Pattern.compile("[a-z][a-zA-Z0-9]*([-./:][a-zA-Z0-9]+)*");

    private static final List<String> WORDS = List.of("true", "false", "null", "yes", "no", "on", "off", "y", "n");
    private static final String API_GROUP = "rbac.authorization.k8s.io";

    private RbacYaml() {}

    static String of(Role role) {
        return head(role.kind(), role.namespace(), role.name()) + "rules:\n"
                + role.rules().stream().map(RbacYaml::of).collect(Collectors.joining());
    }

    static String of(Binding binding) {
        return head(binding.kind(), binding.namespace(), binding.name())
                + "roleRef:\n"
                + "  apiGroup: " + API_GROUP + "\n"
                + "  kind: " + binding.roleKind() + "\n"
                + "  name: " + scalar(binding.role()) + "\n"
                + "subjects:\n"
                + binding.subjects().stream().map(RbacYaml::of).collect(Collectors.joining());
    }

    private static String head(String kind, String namespace, String name) {
        return "apiVersion: " + API_GROUP + "/v1\n"
                + "kind: " + kind + "\n"
                + "metadata:\n"
                + "  name: " + scalar(name) + "\n"
                + (namespace.isEmpty() ? "" : "  namespace: " + scalar(namespace) + "\n");
    }

    private static String of(Rule rule) {
        String lines = list("apiGroups", rule.apiGroups())
                + list("resources", rule.resources())
                + list("resourceNames", rule.resourceNames())
                + list("nonResourceURLs", rule.nonResourceUrls())
                + list("verbs", rule.verbs());
        return "  - " + lines.substring("    ".length());
    }

    private static String list(String name, List<String> values) {
        return values.isEmpty()
                ? ""
                : "    " + name + ": "
                        + values.stream().map(RbacYaml::quoted).collect(Collectors.joining(", ", "[", "]\n"));
    }

    private static String of(Subject subject) {
        boolean account = subject.kind() == Subject.Kind.SERVICE_ACCOUNT;
        return "  - kind: " + subject.kind().text() + "\n"
                + (account ? "" : "    apiGroup: " + API_GROUP + "\n")
                + "    name: " + scalar(subject.name()) + "\n"
                + (account ? "    namespace: " + scalar(subject.namespace()) + "\n" : "");
    }

    private static String scalar(String text) {
        return PLAIN.matcher(text).matches() && !WORDS.contains(text.toLowerCase(Locale.ROOT)) ? text : quoted(text);
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || c > '~') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
