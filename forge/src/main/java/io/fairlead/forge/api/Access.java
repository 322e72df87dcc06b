package io.fairlead.forge.api;

import io.fairlead.forge.access.Permission;
import io.fairlead.forge.access.Scope;
import java.util.Set;

/** Who may call a route. Every route says it, and a test reads the table of routes to prove that each is guarded. */
public sealed interface Access {
    /** Anyone, with or without credentials. */
    record Anyone() implements Access {}

    /** A person whose token has one of the scopes. */
    record SignedIn(Set<Scope> anyOf) implements Access {}

    /** An administrator of this installation whose token has one of the scopes. */
    record Administrator(Set<Scope> anyOf) implements Access {}

    /**
     * A person whose token has one of the scopes and who may do this to the project named by {@code :id}. People who may
     * not even see the project are told that it does not exist.
     */
    record OnProject(Permission permission, Set<Scope> anyOf) implements Access {}

    /** As {@link OnProject}; besides people the project's own jobs may call, as what their person is there. */
    record OnProjectOrJob(Permission permission, Set<Scope> anyOf) implements Access {}

    /** As {@link OnProject} for the group named by {@code :id}. */
    record OnGroup(Permission permission, Set<Scope> anyOf) implements Access {}

    /** kas, by its signed request. */
    record Kas() implements Access {}

    /** kas, by its signed request, on behalf of an agent whose token it passes on. */
    record KasForAgent() implements Access {}

    /** A running job, by its job token. */
    record RunningJob() implements Access {}

    /** A Git client by Basic authentication or none; what it may do is decided with the repository in hand. */
    record GitClient() implements Access {}

    static Access anyone() {
        return new Anyone();
    }

    static Access read() {
        return new SignedIn(READ);
    }

    static Access write() {
        return new SignedIn(WRITE);
    }

    static Access administrator() {
        return new Administrator(WRITE);
    }

    static Access reading(Permission permission) {
        return new OnProject(permission, READ);
    }

    static Access changing(Permission permission) {
        return new OnProject(permission, WRITE);
    }

    /** As {@link #reading}, for people and the project's jobs. */
    static Access readingAlsoInJobs(Permission permission) {
        return new OnProjectOrJob(permission, READ);
    }

    /** As {@link #changing}, for people and the project's jobs. */
    static Access changingAlsoInJobs(Permission permission) {
        return new OnProjectOrJob(permission, WRITE);
    }

    static Access readingGroup(Permission permission) {
        return new OnGroup(permission, READ);
    }

    static Access changingGroup(Permission permission) {
        return new OnGroup(permission, WRITE);
    }

    /** Scopes of which a token needs one to read. */
    Set<Scope> READ = Set.of(Scope.API, Scope.READ_API);

    /** Scopes of which a token needs one to change something. */
    Set<Scope> WRITE = Set.of(Scope.API);
}
