package io.fairlead.cli.access;

import io.fairlead.cli.output.CommandFailure;
import io.fairlead.cli.output.ExitCode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an agent proposes to commit, held against what was asked for: an agent writes it, and what is committed Flux applies with
 * the rights of Flux. It must have, letter for letter, the form that agents write: one binding of one subject, before it perhaps
 * one role of one rule, which is the question. Anything else, even a comment, is refused.
 *
 * @param subject as {@code fairlead grant --to} names it; a service account by its user name
 */
record ProposedGrant(String manifest, String bindingKind, String bindingName, String subject) {
    private static final String PLAIN = "[A-Za-z0-9][A-Za-z0-9.:/-]*";
    private static final String SCALAR = "(?:" + PLAIN + "|\"[ !#-\\[\\]-~]*\")";
    private static final String ONE = "\\[\"[ !#-\\[\\]-~]*\"]";
    private static final Pattern FORM = Pattern.compile("(?:" + head("role", "(?:Cluster)?Role")
            + "rules:\\n  - (?:apiGroups: (?<group>" + ONE + ")\\n    resources: (?<resource>" + ONE
            + ")\\n(?:    resourceNames: (?<object>" + ONE + ")\\n)?|nonResourceURLs: (?<path>" + ONE
            + ")\\n)    verbs: (?<verb>" + ONE + ")\\n---\\n)?" + head("binding", "(?:Cluster)?RoleBinding")
            + "roleRef:\\n  apiGroup: rbac\\.authorization\\.k8s\\.io\\n  kind: (?<refKind>(?:Cluster)?Role)\\n  name: (?<ref>"
            + SCALAR
            + ")\\nsubjects:\\n  - kind: (?:(?<subjectKind>User|Group)\\n    apiGroup: rbac\\.authorization\\.k8s\\.io\\n"
            + "    name: (?<subject>" + SCALAR + ")\\n|ServiceAccount\\n    name: (?<account>" + SCALAR
            + ")\\n    namespace: (?<accountNamespace>" + SCALAR + ")\\n)");

    private static String head(String part, String kind) {
        return "apiVersion: rbac\\.authorization\\.k8s\\.io/v1\\nkind: (?<" + part + "Kind>" + kind
                + ")\\nmetadata:\\n  name: (?<" + part + "Name>" + SCALAR + ")\\n(?:  namespace: (?<" + part
                + "Namespace>"
                + SCALAR + ")\\n)?";
    }

    /**
     * Reads and checks it.
     *
     * @param query the question, as it was sent
     * @param to to whom, as {@code user:NAME} or {@code group:NAME}; empty when the agent was to choose
     * @throws CommandFailure when it is anything but an answer to that question
     */
    static ProposedGrant of(String manifest, String query, String to) {
        Matcher form = FORM.matcher(manifest);
        if (!form.matches()) {
            throw refused("it is not one binding of one subject with at most one role of one rule");
        }
        Map<String, String> asked = asked(query);
        String namespace = asked.getOrDefault("namespace", "");
        require(text(form, "bindingNamespace").equals(namespace), "its namespace is another than was asked for");
        require(
                form.group("bindingKind").startsWith("Cluster") == namespace.isEmpty(),
                "it reaches further than was asked for");
        role(form, asked, namespace);
        String account = text(form, "account");
        String subject = account.isEmpty()
                ? form.group("subjectKind").toLowerCase(java.util.Locale.ROOT) + ":" + text(form, "subject")
                : "user:system:serviceaccount:" + text(form, "accountNamespace") + ":" + account;
        require(to.isEmpty() || subject.equals(to), "it is for " + subject + " and not for " + to);
        // Everybody who is signed in, the masters: that an agent may not choose by itself.
        require(
                !to.isEmpty() || !subject.matches("(user|group):system:.*") || !account.isEmpty(),
                "it is for " + subject + "; name whom you mean with --to");
        return new ProposedGrant(manifest, form.group("bindingKind"), text(form, "bindingName"), subject);
    }

    private static void role(Matcher form, Map<String, String> asked, String namespace) {
        String ref = text(form, "ref");
        if (form.group("roleKind") == null) {
            require(!ref.equals("cluster-admin") && !ref.startsWith("system:"), "it hands out the role " + ref);
            require(form.group("refKind").equals("ClusterRole") || !namespace.isEmpty(), "its role cannot be bound so");
            return;
        }
        String sub = asked.getOrDefault("subresource", "");
        String resource = asked.getOrDefault("resource", "") + (sub.isEmpty() ? "" : "/" + sub);
        require(
                form.group("roleKind").equals(form.group("refKind"))
                        && text(form, "roleName").equals(ref)
                        && text(form, "roleNamespace").equals(namespace)
                        && form.group("roleKind").startsWith("Cluster") == namespace.isEmpty(),
                "its role is not the one that it binds");
        require(
                text(form, "verb").equals(asked.getOrDefault("verb", ""))
                        && text(form, "path").equals(asked.getOrDefault("path", ""))
                        && text(form, "resource").equals(resource)
                        && text(form, "group").equals(asked.getOrDefault("group", ""))
                        && text(form, "object").equals(asked.getOrDefault("name", "")),
                "its rule is another than was asked for");
    }

    private static Map<String, String> asked(String query) {
        Map<String, String> asked = new HashMap<>();
        for (String part : query.split("&")) {
            int equals = part.indexOf('=');
            asked.put(part.substring(0, equals), URLDecoder.decode(part.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return asked;
    }

    private static String text(Matcher form, String group) {
        return Optional.ofNullable(form.group(group)).orElse("").replaceAll("^\\[?\"|\"]?$", "");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw refused(otherwise);
        }
    }

    private static CommandFailure refused(String why) {
        return new CommandFailure(
                ExitCode.FAILED,
                "what the agent proposes is no answer to the question: " + why + "; nothing was committed");
    }

    /** The same under other names, for a folder that has these already. */
    ProposedGrant renamed(String suffix) {
        List<String> documents = List.of(manifest.split("(?<=\\n)---\\n"));
        String binding = documents.getLast();
        String renamed = named(binding, suffix);
        if (documents.size() == 1) {
            return new ProposedGrant(renamed, bindingKind, bindingName + suffix, subject);
        }
        // A new role: the binding's reference follows it.
        String ref = renamed.replaceFirst(
                "(roleRef:\\n(?:  .*\\n)*?  name: )\"?([^\"\\n]*)\"?\\n", "$1\"$2" + suffix + "\"\n");
        return new ProposedGrant(
                named(documents.getFirst(), suffix) + "---\n" + ref, bindingKind, bindingName + suffix, subject);
    }

    private static String named(String document, String suffix) {
        return document.replaceFirst("(metadata:\\n  name: )\"?([^\"\\n]*)\"?\\n", "$1\"$2" + suffix + "\"\n");
    }
}
