package io.fairlead.kube.rbac;

import java.util.Comparator;
import java.util.Optional;

/**
 * The binding that comes nearest to letting somebody do something, and what it lacks.
 *
 * @param gap the one thing that is in the way
 */
public record NearestBinding(Binding binding, Gap gap) {
    /** What a binding can lack, the smallest first. */
    public enum Gap {
        /** It is theirs, and its rule names other objects. */
        OBJECT,
        /** It is theirs and would do, but holds in another namespace. */
        NAMESPACE,
        /** It is theirs, and its rule has other verbs. */
        VERB,
        /** It is theirs, and its rule is for the object alone. */
        SUBRESOURCE,
        /** It is theirs, and its rule names the resource in another API group. */
        API_GROUP,
        /** It is theirs, and its role does not exist. */
        ROLE,
        /** It would do, and is somebody else's. */
        SUBJECT
    }

    /** The nearest of all; nothing when none is near. */
    public static Optional<NearestBinding> of(RbacWorld world, Caller caller, Action action) {
        return world.bindings().stream()
                .flatMap(binding ->
                        gapOf(world, binding, caller, action).map(gap -> new NearestBinding(binding, gap)).stream())
                .min(Comparator.comparing((NearestBinding near) -> near.gap)
                        .thenComparingLong(near -> sizeOf(world, near.binding))
                        .thenComparing(near -> near.binding.text()));
    }

    private static long sizeOf(RbacWorld world, Binding binding) {
        return world.roleOf(binding).map(Role::size).orElse(0L);
    }

    private static Optional<Gap> gapOf(RbacWorld world, Binding binding, Caller caller, Action action) {
        boolean theirs = binding.binds(caller);
        boolean here = binding.holdsIn(action.namespace());
        if (!theirs) {
            // What the control plane has for its own parts, or allows everything, is no hint for anybody.
            boolean hint = !binding.name().startsWith("system:")
                    && world.roleOf(binding).filter(role -> !role.wild()).isPresent();
            return here && hint && world.allows(binding, action) ? Optional.of(Gap.SUBJECT) : Optional.empty();
        }
        if (!here) {
            return world.allows(binding, action) ? Optional.of(Gap.NAMESPACE) : Optional.empty();
        }
        Optional<Role> role = world.roleOf(binding);
        if (role.isEmpty()) {
            return Optional.of(Gap.ROLE);
        }
        return role.get().rules().stream()
                .flatMap(rule -> gapOf(rule, action).stream())
                .min(Comparator.naturalOrder());
    }

    /** What one rule of a binding that is theirs and holds here lacks; nothing when it lacks more than one thing. */
    private static Optional<Gap> gapOf(Rule rule, Action action) {
        if (action instanceof Action.OnPath(String verb, String path)) {
            return rule.namesPath(path) && !rule.namesVerb(verb) ? Optional.of(Gap.VERB) : Optional.empty();
        }
        Action.OnResource on = (Action.OnResource) action;
        boolean verb = rule.namesVerb(on.verb());
        boolean group = rule.namesGroup(on.apiGroup());
        boolean resource = rule.namesResource(on.combined(), on.subresource());
        boolean object = rule.namesObject(on.name());
        if (verb && group && resource && !object) {
            return Optional.of(Gap.OBJECT);
        }
        if (!verb && group && resource && object) {
            return Optional.of(Gap.VERB);
        }
        if (verb && group && !resource && object && rule.resources().contains(on.resource())) {
            return Optional.of(Gap.SUBRESOURCE);
        }
        return verb && !group && resource && object ? Optional.of(Gap.API_GROUP) : Optional.empty();
    }
}
