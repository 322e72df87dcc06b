package io.fairlead.forge.git;

import io.fairlead.forge.access.Permission;
import io.fairlead.forge.access.Scope;
import io.fairlead.forge.api.Caller;
import io.fairlead.forge.identity.User;
import io.fairlead.forge.key.DeployKey;
import io.fairlead.forge.key.KeyHolder;
import io.fairlead.forge.key.KeyQueries;
import io.fairlead.forge.project.Project;
import io.fairlead.forge.project.ProjectAccess;
import io.fairlead.forge.project.ProjectQueries;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/**
 * Decides which project a Git client may use. Who shows nothing is asked for a password, also for what does not exist; who
 * may not see the project is told that it does not exist; who may see it but not do this is refused.
 */
public final class GitAccess {
    private static final Set<Scope> FETCH = Set.of(Scope.READ_REPOSITORY, Scope.WRITE_REPOSITORY, Scope.API);
    private static final Set<Scope> PUSH = Set.of(Scope.WRITE_REPOSITORY, Scope.API);

    private final ProjectQueries projects;
    private final ProjectAccess access;
    private final KeyQueries keys;
    private final InstantSource clock;

    /** What was decided. */
    sealed interface Verdict {
        /** @param pusher who pushes; empty when this is no push */
        record Admitted(Project project, Optional<Pusher> pusher) implements Verdict {}

        record PasswordNeeded() implements Verdict {}

        /** There is no such project, or nobody must learn that there is one. */
        record Hidden() implements Verdict {}

        record Refused(String why) implements Verdict {}
    }

    public GitAccess(ProjectQueries projects, ProjectAccess access, KeyQueries keys, InstantSource clock) {
        this.projects = projects;
        this.access = access;
        this.keys = keys;
        this.clock = clock;
    }

    /** For a caller over HTTP; {@code path} is the project's full path. */
    Verdict decide(Caller caller, String path, GitService service) {
        Permission needed = service.permission();
        Optional<Project> visible =
                projects.byPath(path).filter(project -> access.allows(caller, project, Permission.READ_PROJECT));
        Optional<Set<Scope>> held = scopes(caller);
        if (held.isEmpty()) {
            return visible.filter(project -> access.allows(caller, project, needed))
                    .<Verdict>map(project -> new Verdict.Admitted(project, Optional.empty()))
                    .orElseGet(Verdict.PasswordNeeded::new);
        }
        Set<Scope> wanted = service == GitService.UPLOAD_PACK ? FETCH : PUSH;
        if (held.get().stream().noneMatch(wanted::contains)) {
            return new Verdict.Refused("This token lacks a scope that the operation needs: "
                    + Scope.store(wanted).replace(" ", ", "));
        }
        return decide(caller, visible, service);
    }

    /** For whoever showed an SSH key, which is good for everything its holder may do with Git. */
    Verdict decide(KeyHolder holder, String path, GitService service) {
        return switch (holder) {
            case KeyHolder.Person(var user, var key) -> {
                if (!user.active()) {
                    yield new Verdict.Refused("Your account has been blocked.");
                }
                if (key.expired(clock.instant())) {
                    yield new Verdict.Refused("Your SSH key has expired.");
                }
                Caller caller = caller(user);
                yield decide(
                        caller,
                        projects.byPath(path)
                                .filter(project -> access.allows(caller, project, Permission.READ_PROJECT)),
                        service);
            }
            case KeyHolder.Machine(String fingerprint) -> machine(fingerprint, path, service);
        };
    }

    private static Caller caller(User user) {
        return new Caller.Person(user.id(), user.username(), user.admin(), 0, PUSH);
    }

    private Verdict decide(Caller caller, Optional<Project> visible, GitService service) {
        if (visible.isEmpty()) {
            return new Verdict.Hidden();
        }
        if (!access.allows(caller, visible.get(), service.permission())) {
            return new Verdict.Refused(
                    service == GitService.UPLOAD_PACK
                            ? "You are not allowed to download code from this project."
                            : "You are not allowed to push code to this project.");
        }
        Optional<Pusher> pusher = caller instanceof Caller.Person person
                ? Optional.of(new Pusher.Person(person.userId(), person.username(), person.admin()))
                : Optional.empty();
        return new Verdict.Admitted(visible.get(), pusher);
    }

    private Verdict machine(String fingerprint, String path, GitService service) {
        Optional<Project> project = projects.byPath(path);
        if (project.isEmpty()) {
            return new Verdict.Hidden();
        }
        Optional<DeployKey> key = keys.deployKey(project.get().id(), fingerprint);
        if (key.isEmpty()) {
            Caller nobody = new Caller.Anonymous();
            return decide(
                    nobody, project.filter(found -> access.allows(nobody, found, Permission.READ_PROJECT)), service);
        }
        if (key.get().expired(clock.instant())) {
            return new Verdict.Refused("This deploy key has expired.");
        }
        if (service == GitService.RECEIVE_PACK && !key.get().canPush()) {
            return new Verdict.Refused("This deploy key does not have write access to this project.");
        }
        return new Verdict.Admitted(
                project.get(),
                Optional.of(new Pusher.Machine(key.get().id(), key.get().title())));
    }

    /** For what the credentials are good; nothing when none were shown. A job fetches, pushing is for people. */
    private static Optional<Set<Scope>> scopes(Caller caller) {
        return switch (caller) {
            case Caller.Person person -> Optional.of(person.scopes());
            case Caller.Deployer deployer -> Optional.of(deployer.scopes());
            case Caller.Job _ -> Optional.of(Set.of(Scope.READ_REPOSITORY));
            case Caller.Anonymous _, Caller.Kas _, Caller.Agent _ -> Optional.empty();
        };
    }
}
