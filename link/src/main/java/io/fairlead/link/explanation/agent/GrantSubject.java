package io.fairlead.link.explanation.agent;

import io.fairlead.kube.rbac.Caller;
import io.fairlead.kube.rbac.Subject;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * To whom a grant should go so that it serves this caller: the narrowest group that still means something when the person or the
 * job is another one tomorrow. docs/internals/explanation.md has the order.
 */
final class GrantSubject {
    /** Everybody whom {@code user_access} lets in. */
    static final String PEOPLE = "gitlab:user";

    static final String PERSON = PEOPLE + ":";

    private static final String JOB = "gitlab:ci_job:";
    private static final List<String> ROLES =
            List.of("guest", "planner", "reporter", "developer", "maintainer", "owner");

    private GrantSubject() {}

    /**
     * The subject.
     *
     * @param configProject the id of the agent's project; empty when not known
     * @param forAll whether the grant is one that everybody who is let in may have: reading by a role made for that
     */
    static Subject of(Caller caller, String configProject, boolean forAll) {
        List<String> groups = caller.groups();
        if (caller.user().startsWith(PERSON)) {
            if (forAll && groups.contains(PEOPLE)) {
                return Subject.group(PEOPLE);
            }
            return highest(groups, "gitlab:project_role:" + configProject + ":")
                    .or(() -> highest(groups, "gitlab:project_role:"))
                    .or(() -> highest(groups, "gitlab:group_role:"))
                    .or(() -> groups.contains(PEOPLE) ? Optional.of(PEOPLE) : Optional.empty())
                    .map(Subject::group)
                    .orElseGet(() -> Subject.user(caller.user()));
        }
        if (caller.user().startsWith(JOB)) {
            return first(groups, "gitlab:project_env:")
                    .or(() -> first(groups, "gitlab:project:"))
                    .map(Subject::group)
                    .orElseGet(() -> Subject.user(caller.user()));
        }
        return Subject.ofUserName(caller.user());
    }

    /** Whoever has a role has the lower ones' groups too, so the highest is the narrowest. */
    private static Optional<String> highest(List<String> groups, String prefix) {
        return groups.stream()
                .filter(group -> group.startsWith(prefix))
                .max(Comparator.comparingInt(group -> ROLES.indexOf(group.substring(group.lastIndexOf(':') + 1))));
    }

    private static Optional<String> first(List<String> groups, String prefix) {
        return groups.stream().filter(group -> group.startsWith(prefix)).findFirst();
    }
}
