package io.fairlead.forge.git;

import io.fairlead.forge.project.Project;
import io.fairlead.forge.protection.Grant.Action;
import io.fairlead.forge.protection.Protection;
import io.fairlead.forge.protection.Protection.Mover;
import io.fairlead.forge.protection.RefKind;
import io.fairlead.forge.repository.BranchNames;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevObject;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.ReceiveCommand;

/** What may not become of references, in GitLab's words. Pushes and the API ask here; reading is decided elsewhere. */
public final class RefRules {
    private static final List<String> MOVABLE = List.of(Constants.R_HEADS, Constants.R_TAGS, Constants.R_NOTES);

    private final Protection protection;

    /** What is to become of a reference. */
    public enum Step {
        CREATE,
        /** Adds commits. */
        FORWARD,
        /** Throws commits away; for tags any change. */
        FORCED,
        DELETE
    }

    public RefRules(Protection protection) {
        this.protection = protection;
    }

    /**
     * Refuses a command that rules forbid, unless something else was said about it.
     *
     * @param empty whether the repository has no branches
     */
    void check(ReceiveCommand command, RevWalk walk, Project project, Pusher pusher, boolean empty) {
        if (command.getResult() != ReceiveCommand.Result.NOT_ATTEMPTED) {
            return;
        }
        try {
            if (ofBranch(command) && !(walk.parseAny(command.getNewId()) instanceof RevCommit)) {
                command.setResult(ReceiveCommand.Result.REJECTED_OTHER_REASON, "a branch can point to commits only");
                return;
            }
            refusal(project, pusher, command.getRefName(), step(command, walk), empty)
                    .ifPresent(why -> command.setResult(ReceiveCommand.Result.REJECTED_OTHER_REASON, why));
        } catch (IOException e) {
            command.setResult(ReceiveCommand.Result.REJECTED_MISSING_OBJECT);
        }
    }

    private static boolean ofBranch(ReceiveCommand command) {
        return command.getType() != ReceiveCommand.Type.DELETE
                && command.getRefName().startsWith(Constants.R_HEADS);
    }

    private static Step step(ReceiveCommand command, RevWalk walk) throws IOException {
        return switch (command.getType()) {
            case CREATE -> Step.CREATE;
            case DELETE -> Step.DELETE;
            case UPDATE, UPDATE_NONFASTFORWARD -> forward(command, walk) ? Step.FORWARD : Step.FORCED;
        };
    }

    private static boolean forward(ReceiveCommand command, RevWalk walk) throws IOException {
        RevObject before = walk.parseAny(command.getOldId());
        RevObject after = walk.parseAny(command.getNewId());
        return before instanceof RevCommit old && after instanceof RevCommit next && walk.isMergedInto(old, next);
    }

    /** Why {@code pusher}, who may push to the project, may not do this; nothing when they may. */
    private Optional<String> refusal(Project project, Pusher pusher, String ref, Step step, boolean empty) {
        if (MOVABLE.stream().noneMatch(ref::startsWith)) {
            return Optional.of("only branches, tags and notes can be pushed");
        }
        if (step == Step.DELETE && ref.equals(Constants.R_HEADS + project.defaultBranch())) {
            return Optional.of("The default branch of a project cannot be deleted.");
        }
        if (step == Step.CREATE && !BranchNames.valid(shortName(ref))) {
            return Optional.of("\"" + shortName(ref)
                    + "\" cannot be the name of a branch or tag: it reads like an id or a full reference.");
        }
        if (ref.startsWith(RefKind.BRANCH.prefix())) {
            if (empty && !mayBegin(project, pusher)) {
                return Optional.of("A default branch (e.g. " + project.defaultBranch() + ") does not yet exist for "
                        + project.fullPath() + ". Ask a project Owner or Maintainer to push it first.");
            }
            return branch(project, pusher, ref.substring(RefKind.BRANCH.prefix().length()), step);
        }
        return ref.startsWith(RefKind.TAG.prefix())
                ? tag(project, pusher, ref.substring(RefKind.TAG.prefix().length()), step)
                : Optional.empty();
    }

    private static String shortName(String ref) {
        return MOVABLE.stream()
                .filter(ref::startsWith)
                .findFirst()
                .map(prefix -> ref.substring(prefix.length()))
                .orElse(ref);
    }

    /** The first branch becomes the default one and inherits its protection, so who may not move that one may not begin. */
    private boolean mayBegin(Project project, Pusher pusher) {
        return protection
                .ask(project.id(), RefKind.BRANCH, project.defaultBranch(), Action.PUSH, mover(pusher))
                .allowed();
    }

    private Optional<String> branch(Project project, Pusher pusher, String name, Step step) {
        Protection.Answer answer = protection.ask(project.id(), RefKind.BRANCH, name, Action.PUSH, mover(pusher));
        if (!answer.covered()) {
            return Optional.empty();
        }
        if (step == Step.DELETE) {
            return Optional.of("You can only delete protected branches using the web interface.");
        }
        if (step == Step.FORCED && !answer.forcePush()) {
            return Optional.of("You are not allowed to force push code to a protected branch on this project.");
        }
        if (!answer.allowed()) {
            return Optional.of(
                    step == Step.CREATE
                            ? "You are not allowed to create protected branches on this project."
                            : "You are not allowed to push code to protected branches on this project.");
        }
        return Optional.empty();
    }

    private Optional<String> tag(Project project, Pusher pusher, String name, Step step) {
        Protection.Answer answer = protection.ask(project.id(), RefKind.TAG, name, Action.CREATE, mover(pusher));
        if (!answer.covered()) {
            return Optional.empty();
        }
        return switch (step) {
            case DELETE -> Optional.of("You can only delete protected tags using the web interface.");
            case FORWARD, FORCED -> Optional.of("Protected tags cannot be updated.");
            case CREATE ->
                // As with GitLab a deploy key that may push may make any tag.
                answer.allowed() || pusher instanceof Pusher.Machine
                        ? Optional.empty()
                        : Optional.of("You are not allowed to create this tag as it is protected.");
        };
    }

    private static Mover mover(Pusher pusher) {
        return switch (pusher) {
            case Pusher.Person person -> new Mover.Person(person.userId(), person.admin());
            case Pusher.Machine machine -> new Mover.Machine(machine.deployKeyId());
        };
    }
}
