package io.fairlead.forge.protection;

import io.fairlead.forge.access.Role;
import io.fairlead.forge.access.RoleQueries;
import java.util.List;

/** Answers whether what is protected may be moved; whoever is no member was refused before. */
public final class Protection {
    private final ProtectionQueries queries;
    private final RoleQueries roles;

    /** Who asks. */
    public sealed interface Mover {
        record Person(long userId, boolean admin) implements Mover {}

        record Machine(long deployKeyId) implements Mover {}
    }

    /**
     * What the protections of one name come to for one who asks.
     *
     * @param covered whether there is any
     * @param allowed whether one of them lets it happen; true when there is none
     * @param forcePush whether one of them lets commits be thrown away; true when there is none
     */
    public record Answer(boolean covered, boolean allowed, boolean forcePush) {}

    public Protection(ProtectionQueries queries, RoleQueries roles) {
        this.queries = queries;
        this.roles = roles;
    }

    /** @param shortName a branch's or tag's, such as {@code main} */
    public Answer ask(long projectId, RefKind kind, String shortName, Grant.Action action, Mover mover) {
        List<ProtectedRef> covering = queries.list(projectId, kind).stream()
                .filter(ref -> ref.covers(shortName))
                .toList();
        if (covering.isEmpty()) {
            return new Answer(false, true, true);
        }
        boolean allowed = covering.stream()
                .flatMap(ref -> ref.grants(action).stream())
                .anyMatch(grant -> allows(grant, projectId, mover));
        return new Answer(true, allowed, covering.stream().anyMatch(ProtectedRef::forcePush));
    }

    /** Whether developers may do something to a branch that is protected. */
    public boolean developersMay(long projectId, String branch, Grant.Action action) {
        return queries.list(projectId, RefKind.BRANCH).stream()
                .filter(ref -> ref.covers(branch))
                .flatMap(ref -> ref.grants(action).stream())
                .flatMapToLong(grant -> grant.level().stream())
                .anyMatch(level -> level > Grant.NOBODY && level <= Role.DEVELOPER.level());
    }

    /** Whether a branch or tag is protected for anyone. */
    public boolean covers(long projectId, RefKind kind, String shortName) {
        return queries.list(projectId, kind).stream().anyMatch(ref -> ref.covers(shortName));
    }

    private boolean allows(Grant grant, long projectId, Mover mover) {
        return switch (mover) {
            case Mover.Machine(long keyId) ->
                grant.deployKeyId().isPresent() && grant.deployKeyId().getAsLong() == keyId;
            case Mover.Person person -> allows(grant, projectId, person);
        };
    }

    private boolean allows(Grant grant, long projectId, Mover.Person person) {
        if (grant.level().isPresent()) {
            long level = grant.level().getAsLong();
            return level != Grant.NOBODY
                    && (person.admin()
                            || roles.inProject(person.userId(), projectId)
                                    .filter(role -> role.level() >= level)
                                    .isPresent());
        }
        if (grant.userId().isPresent()) {
            return grant.userId().getAsLong() == person.userId();
        }
        return grant.groupId().isPresent()
                && roles.inGroup(person.userId(), grant.groupId().getAsLong()).isPresent();
    }
}
