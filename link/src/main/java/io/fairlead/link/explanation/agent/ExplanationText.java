package io.fairlead.link.explanation.agent;

import io.fairlead.kube.rbac.Action;
import io.fairlead.kube.rbac.Binding;
import io.fairlead.kube.rbac.Caller;
import io.fairlead.kube.rbac.NearestBinding;
import java.util.List;
import java.util.regex.Pattern;

/** Explanations in words. */
final class ExplanationText {
    /** A member of many groups would not find the sentence's end. */
    private static final int GROUPS_MAX = 8;

    private static final Pattern PLAIN_WORD = Pattern.compile("[A-Za-z0-9._:/@%+-]+");

    private ExplanationText() {}

    /** {@code user "gitlab:user:dana" with the groups gitlab:user, gitlab:project_role:3:developer}. */
    static String identity(Caller caller) {
        List<String> groups = caller.groups().stream()
                .filter(group -> !group.equals("system:authenticated"))
                .toList();
        String user = "user \"" + caller.user() + "\"";
        if (groups.isEmpty()) {
            return user + " without groups";
        }
        String shown = String.join(", ", groups.subList(0, Math.min(GROUPS_MAX, groups.size())));
        int more = groups.size() - GROUPS_MAX;
        return user + " with the groups " + shown + (more > 0 ? " and " + more + " more" : "");
    }

    /** What RBAC says of it, to stand after "the cluster sees ...; ". */
    static String verdict(Action action, Verdict verdict) {
        return switch (verdict) {
            case Verdict.Allowed() -> "its roles let them " + action.text();
            case Verdict.Forbidden(var nearest, var grant, boolean _) ->
                "no binding lets them " + action.text()
                        + nearest.map(near -> " (nearest: " + gap(near, action) + ")")
                                .orElse("") + "; "
                        + grant.text() + " would";
        };
    }

    private static String gap(NearestBinding near, Action action) {
        Binding binding = near.binding();
        String bound = binding.text() + " of " + binding.roleKind() + " " + binding.role();
        return switch (near.gap()) {
            case OBJECT -> bound + " is theirs, for other objects";
            case NAMESPACE -> bound + " is theirs, in namespace \"" + binding.namespace() + "\" alone";
            case VERB -> bound + " is theirs, without the verb " + action.verb();
            case SUBRESOURCE -> bound + " is theirs, for the object alone and not " + what(action);
            case API_GROUP -> bound + " is theirs, for another API group";
            case ROLE -> bound + " is theirs, and that role does not exist";
            case SUBJECT -> bound + " is for others";
        };
    }

    private static String what(Action action) {
        return switch (action) {
            case Action.OnResource on -> on.combined();
            case Action.OnPath on -> on.path();
        };
    }

    /** The command that says more. */
    static String whyCommand(Action action) {
        return switch (action) {
            case Action.OnPath(String verb, String path) -> "fairlead why " + verb + " " + quoted(path);
            case Action.OnResource on -> {
                String group = on.apiGroup().isEmpty() ? "" : "." + on.apiGroup();
                String name = on.name().isEmpty() ? "" : "/" + on.name();
                String sub = on.subresource().isEmpty() ? "" : " --subresource " + quoted(on.subresource());
                String where = on.namespace().isEmpty() ? " -A" : " -n " + quoted(on.namespace());
                yield "fairlead why " + quoted(on.verb()) + " " + quoted(on.resource() + group + name) + sub + where;
            }
        };
    }

    private static String quoted(String word) {
        return PLAIN_WORD.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
