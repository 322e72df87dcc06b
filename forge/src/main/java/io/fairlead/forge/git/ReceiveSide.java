package io.fairlead.forge.git;

import io.fairlead.forge.project.Project;
import io.fairlead.forge.project.ProjectQueries;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.internal.submodule.SubmoduleValidator.SubmoduleValidationException;
import org.eclipse.jgit.lib.BatchRefUpdate;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.PacketLineOut;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.eclipse.jgit.transport.ReceivePack;
import org.eclipse.jgit.transport.RefAdvertiser.PacketLineOutRefAdvertiser;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes packs: push. The references that a push may move all move together or not at all, also when the process is killed
 * meanwhile; what rules forbid is refused reference by reference before.
 */
public final class ReceiveSide {
    private static final Logger log = LoggerFactory.getLogger(ReceiveSide.class);
    private static final long OBJECT_BYTES_MAX = 2L << 30;
    private static final long PACK_BYTES_MAX = 10L << 30;
    private static final long COMMAND_BYTES_MAX = 16L << 20;

    private final ProjectQueries projects;
    private final RefRules rules;
    private final List<PushListener> listeners;

    public ReceiveSide(ProjectQueries projects, RefRules rules, List<PushListener> listeners) {
        this.projects = projects;
        this.rules = rules;
        this.listeners = List.copyOf(listeners);
    }

    void advertise(Repository repository, OutputStream out) throws IOException {
        PacketLineOut lines = new PacketLineOut(out);
        lines.writeString("# service=" + GitService.RECEIVE_PACK.text() + "\n");
        lines.end();
        ReceivePack pack = pack(new ReceivePack(repository));
        try {
            pack.sendAdvertisedRefs(new PacketLineOutRefAdvertiser(lines));
        } finally {
            pack.getRevWalk().close();
        }
        out.flush();
    }

    /** Takes what a client sends after it has seen the references in another request. */
    void serve(Repository repository, Project project, Pusher pusher, InputStream in, OutputStream out)
            throws IOException {
        ReceivePack pack = pack(new ReceivePack(repository));
        serve(pack, project, pusher);
        pack.receive(in, out, null);
        out.flush();
    }

    /** A whole conversation over one connection. A slot is held only while a pack arrives. */
    void converse(
            Repository repository,
            Project project,
            Pusher pusher,
            GitSlots slots,
            InputStream in,
            OutputStream out,
            OutputStream messages)
            throws IOException {
        ReceivePack pack = pack(new ReceivePack(repository) {
            @Override
            protected void receivePackAndCheckConnectivity() throws IOException, SubmoduleValidationException {
                try (GitSlots.Slot _ = slots.takeOrRefuse()) {
                    super.receivePackAndCheckConnectivity();
                }
            }
        });
        pack.setBiDirectionalPipe(true);
        serve(pack, project, pusher);
        pack.receive(in, out, messages);
        out.flush();
    }

    private void serve(ReceivePack pack, Project project, Pusher pusher) {
        Repository repository = pack.getRepository();
        pack.setRefLogIdent(new PersonIdent(pusher.name(), pusher.name() + "@localhost"));
        pack.setPreReceiveHook((receiving, commands) -> {
            commands.forEach(command -> rules.check(command, receiving.getRevWalk(), project, pusher));
            moveTogether(repository, receiving, commands);
        });
        pack.setPostReceiveHook((receiving, commands) -> received(repository, project, pusher, commands));
    }

    private static ReceivePack pack(ReceivePack pack) {
        pack.setBiDirectionalPipe(false);
        pack.setCheckReceivedObjects(true);
        pack.setAllowCreates(true);
        pack.setAllowDeletes(true);
        pack.setAllowBranchDeletes(true);
        pack.setAllowNonFastForwards(true);
        pack.setAllowPushOptions(true);
        pack.setMaxObjectSizeLimit(OBJECT_BYTES_MAX);
        pack.setMaxPackSizeLimit(PACK_BYTES_MAX);
        pack.setMaxCommandBytes(COMMAND_BYTES_MAX);
        return pack;
    }

    /**
     * Moves what was not refused, as one: one file of references is replaced by one rename. JGit's own atomic push would
     * refuse everything when one reference is refused, which is done only for clients that ask for it.
     */
    private static void moveTogether(
            Repository repository, ReceivePack receiving, Collection<ReceiveCommand> commands) {
        List<ReceiveCommand> left = commands.stream()
                .filter(command -> command.getResult() == ReceiveCommand.Result.NOT_ATTEMPTED)
                .toList();
        if (left.isEmpty() || (receiving.isAtomic() && left.size() < commands.size())) {
            return;
        }
        BatchRefUpdate batch = repository.getRefDatabase().newBatchUpdate();
        batch.setAtomic(true);
        batch.setAllowNonFastForwards(true);
        batch.addCommand(left);
        try {
            batch.execute(receiving.getRevWalk(), NullProgressMonitor.INSTANCE);
        } catch (IOException e) {
            log.warn("the references of {} could not be moved", repository.getDirectory(), e);
            left.stream()
                    .filter(command -> command.getResult() != ReceiveCommand.Result.OK)
                    .forEach(command -> command.setResult(
                            ReceiveCommand.Result.REJECTED_OTHER_REASON, "the server could not move the references"));
        }
    }

    private void received(Repository repository, Project project, Pusher pusher, Collection<ReceiveCommand> commands) {
        List<PushEvent.Update> updates = commands.stream()
                .filter(command -> command.getResult() == ReceiveCommand.Result.OK)
                .map(command -> new PushEvent.Update(
                        command.getRefName(),
                        command.getOldId().name(),
                        command.getNewId().name()))
                .toList();
        if (updates.isEmpty()) {
            return;
        }
        adoptFirstBranch(repository, project, updates);
        PushEvent event = new PushEvent(project.id(), project.fullPath(), pusher, updates);
        listeners.forEach(listener -> listener.pushed(event));
    }

    /** The first branch that is pushed becomes the default one, if the one that was planned does not exist. */
    private void adoptFirstBranch(Repository repository, Project project, List<PushEvent.Update> updates) {
        try {
            Ref planned = repository.exactRef(Constants.R_HEADS + project.defaultBranch());
            Optional<String> first = updates.stream()
                    .filter(update -> update.ref().startsWith(Constants.R_HEADS))
                    .filter(update -> !update.after().equals(ObjectId.zeroId().name()))
                    .map(PushEvent.Update::ref)
                    .findFirst();
            if (planned == null && first.isPresent()) {
                repository.updateRef(Constants.HEAD).link(first.get());
                projects.changeDefaultBranch(project.id(), first.get().substring(Constants.R_HEADS.length()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
