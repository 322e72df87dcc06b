package io.fairlead.forge.git;

import io.fairlead.forge.project.Project;
import io.fairlead.forge.project.ProjectQueries;
import io.fairlead.forge.repository.CommitRefusal;
import io.fairlead.forge.repository.Repositories;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.BatchRefUpdate;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place where references of projects move, be it by a push or by the API: the rules are asked, what none forbids moves
 * as one, then it is reviewed, and everybody who listens is told.
 */
public final class RefMoves {
    private static final Logger log = LoggerFactory.getLogger(RefMoves.class);

    private final ProjectQueries projects;
    private final RefRules rules;
    private final Repositories repositories;
    private final PushReview review;
    private final List<PushListener> listeners;

    /** @param repositories opens what {@link #move} moves in */
    public RefMoves(
            ProjectQueries projects,
            RefRules rules,
            Repositories repositories,
            PushReview review,
            List<PushListener> listeners) {
        this.projects = projects;
        this.rules = rules;
        this.repositories = repositories;
        this.review = review;
        this.listeners = List.copyOf(listeners);
    }

    /** Moves one reference whose objects are there already. Returns what there is to say about that, in plain lines. */
    public List<String> move(Project project, Pusher pusher, RefChange change) throws CommitRefusal {
        try (Repository repository = repositories.open(project.id(), project.defaultBranch());
                RevWalk walk = new RevWalk(repository)) {
            ReceiveCommand command = new ReceiveCommand(
                    ObjectId.fromString(change.before()), ObjectId.fromString(change.after()), change.ref());
            List<ReceiveCommand> commands = List.of(command);
            attempt(repository, walk, project, pusher, commands, true);
            return switch (command.getResult()) {
                case OK -> moved(repository, project, pusher, commands, List.of());
                case LOCK_FAILURE ->
                    throw new CommitRefusal(
                            CommitRefusal.Reason.OVERTAKEN, change.ref() + " was changed meanwhile, try again");
                default ->
                    throw new CommitRefusal(
                            CommitRefusal.Reason.FORBIDDEN,
                            Optional.ofNullable(command.getMessage())
                                    .orElse(command.getResult().name()));
            };
        }
    }

    /** Refuses what rules forbid and moves the rest, or nothing when all must move or none. Each command has its result. */
    void attempt(
            Repository repository,
            RevWalk walk,
            Project project,
            Pusher pusher,
            Collection<ReceiveCommand> commands,
            boolean atomic) {
        boolean empty = commands.stream().anyMatch(command -> command.getType() == ReceiveCommand.Type.CREATE)
                && !hasBranches(repository);
        commands.forEach(command -> rules.check(command, walk, project, pusher, empty));
        List<ReceiveCommand> left = commands.stream()
                .filter(command -> command.getResult() == ReceiveCommand.Result.NOT_ATTEMPTED)
                .toList();
        if (left.isEmpty() || (atomic && left.size() < commands.size())) {
            return;
        }
        moveTogether(repository, walk, left);
    }

    private static boolean hasBranches(Repository repository) {
        try {
            return !repository
                    .getRefDatabase()
                    .getRefsByPrefix(Constants.R_HEADS)
                    .isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Moves what was not refused, as one: one file of references is replaced by one rename. JGit's own atomic push would
     * refuse everything when one reference is refused, which is done only for clients that ask for it.
     */
    private static void moveTogether(Repository repository, RevWalk walk, List<ReceiveCommand> left) {
        BatchRefUpdate batch = repository.getRefDatabase().newBatchUpdate();
        batch.setAtomic(true);
        batch.setAllowNonFastForwards(true);
        batch.addCommand(left);
        try {
            batch.execute(walk, NullProgressMonitor.INSTANCE);
        } catch (IOException e) {
            log.warn("the references of {} could not be moved", repository.getDirectory(), e);
            left.stream()
                    .filter(command -> command.getResult() != ReceiveCommand.Result.OK)
                    .forEach(command -> command.setResult(
                            ReceiveCommand.Result.REJECTED_OTHER_REASON, "the server could not move the references"));
        }
    }

    /** Tells about those that moved. Returns what there is to say to whoever moved them, in plain lines. */
    List<String> moved(
            Repository repository,
            Project project,
            Pusher pusher,
            Collection<ReceiveCommand> commands,
            List<PushOption> options) {
        List<PushEvent.Update> updates = commands.stream()
                .filter(command -> command.getResult() == ReceiveCommand.Result.OK)
                .map(command -> new PushEvent.Update(
                        command.getRefName(),
                        command.getOldId().name(),
                        command.getNewId().name()))
                .toList();
        if (updates.isEmpty()) {
            return List.of();
        }
        adoptFirstBranch(repository, project, updates);
        PushEvent event = new PushEvent(project.id(), project.fullPath(), pusher, updates, options);
        List<String> said = review.pushed(event);
        listeners.forEach(listener -> listener.pushed(event));
        return said;
    }

    /** The first branch that is pushed becomes the default one, if the one that was planned does not exist. */
    private void adoptFirstBranch(Repository repository, Project project, List<PushEvent.Update> updates) {
        try {
            Ref planned = repository.exactRef(Constants.R_HEADS + project.defaultBranch());
            Optional<String> first = updates.stream()
                    .filter(update -> update.ref().startsWith(Constants.R_HEADS))
                    .filter(update -> !update.after().equals(RefChange.NOTHING))
                    .map(PushEvent.Update::ref)
                    .findFirst();
            if (planned == null && first.isPresent()) {
                adopt(repository, project, first.get().substring(Constants.R_HEADS.length()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes {@code branch} the default one of a project whose planned one was never pushed. */
    void adopt(Repository repository, Project project, String branch) {
        projects.adoptDefaultBranch(project.id(), project.defaultBranch(), branch, () -> pointHead(repository, branch));
    }

    private static void pointHead(Repository repository, String branch) {
        try {
            repository.updateRef(Constants.HEAD).link(Constants.R_HEADS + branch);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
