package io.fairlead.forge.git;

import io.fairlead.forge.git.GitAccess.Verdict;
import io.fairlead.forge.project.Project;
import io.fairlead.forge.repository.DifferenceWatch;
import io.fairlead.forge.repository.PackBounds;
import io.fairlead.forge.repository.PackHeader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.jgit.errors.PackProtocolException;
import org.eclipse.jgit.errors.UnpackException;
import org.eclipse.jgit.internal.submodule.SubmoduleValidator.SubmoduleValidationException;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.PacketLineOut;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.eclipse.jgit.transport.ReceivePack;
import org.eclipse.jgit.transport.RefAdvertiser.PacketLineOutRefAdvertiser;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes packs: push. The references that a push may move all move together or not at all, also when the process is killed
 * meanwhile; what rules forbid is refused reference by reference before.
 */
public final class ReceiveSide {
    private static final Logger log = LoggerFactory.getLogger(ReceiveSide.class);
    private static final long PACK_BYTES_MAX = 10L << 30;
    private static final long COMMAND_BYTES_MAX = 16L << 20;

    private final RefMoves moves;
    private final PackArrival arrivals = new PackArrival();
    private final PackBounds bounds = PackBounds.ofThisProcess();

    public ReceiveSide(RefMoves moves) {
        this.moves = moves;
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

    /** Who pushes, and what is asked again when all has arrived: that may be hours after it began. */
    record Push(Project project, Pusher pusher, String client, Supplier<Verdict> now) {}

    /** Takes what a client sends after it has seen the references in another request. */
    void serve(Repository repository, Push push, GitSlots slots, InputStream in, OutputStream out) throws IOException {
        receive(repository, push, slots, false, in, out, null);
    }

    /** A whole conversation over one connection. */
    void converse(
            Repository repository, Push push, GitSlots slots, InputStream in, OutputStream out, OutputStream messages)
            throws IOException {
        receive(repository, push, slots, true, in, out, messages);
    }

    /** A slot is held only while a pack arrives. */
    private void receive(
            Repository repository,
            Push push,
            GitSlots slots,
            boolean conversation,
            InputStream in,
            OutputStream out,
            @Nullable OutputStream messages)
            throws IOException {
        Pace.Input paced = new Pace.Input(in);
        PushbackInputStream peekable = PackHeader.before(paced);
        ReceivePack pack = pack(new ReceivePack(repository) {
            @Override
            protected void receivePackAndCheckConnectivity() throws IOException, SubmoduleValidationException {
                try (GitSlots.Slot _ = arrivals.await(peekable, push.client);
                        GitSlots.Slot _ = slots.takeOrRefuse(push.client)) {
                    paced.begin();
                    super.receivePackAndCheckConnectivity();
                }
            }
        });
        pack.setBiDirectionalPipe(conversation);
        pack.setRefLogIdent(new PersonIdent(push.pusher.name(), push.pusher.name() + "@localhost"));
        pack.setPreReceiveHook((receiving, commands) -> move(receiving, push, commands));
        pack.setPostReceiveHook((receiving, commands) -> {
            PushOptions options = PushOptions.read(said(receiving));
            options.warnings().forEach(receiving::sendMessage);
            moves.moved(repository, push.project, push.pusher, commands, options.known())
                    .forEach(receiving::sendMessage);
        });
        try {
            pack.receive(peekable, out, messages);
        } catch (UnpackException | PackProtocolException e) {
            // The client was told why, in Git's words.
            log.debug("a push to project {} was refused", push.project.id(), e);
        }
        out.flush();
    }

    private void move(ReceivePack receiving, Push push, Collection<ReceiveCommand> commands) {
        Optional<String> refusal = PushOptions.refusal(said(receiving));
        if (refusal.isPresent()) {
            refuse(commands, refusal.get() + "; nothing was pushed");
            return;
        }
        if (push.now.get() instanceof Verdict.Admitted(Project project, Optional<Pusher> pusher)
                && project.id() == push.project.id()
                && pusher.isPresent()) {
            moves.attempt(
                    receiving.getRepository(),
                    receiving.getRevWalk(),
                    project,
                    pusher.get(),
                    commands,
                    receiving.isAtomic());
        } else {
            refuse(commands, "you are not allowed any more to push to this project");
        }
    }

    private static void refuse(Collection<ReceiveCommand> commands, String why) {
        commands.forEach(command -> command.setResult(ReceiveCommand.Result.REJECTED_OTHER_REASON, why));
    }

    private static List<String> said(ReceivePack receiving) {
        return Optional.ofNullable(receiving.getPushOptions()).orElse(List.of());
    }

    private ReceivePack pack(ReceivePack pack) {
        pack.setBiDirectionalPipe(false);
        pack.setObjectChecker(new DifferenceWatch(bounds));
        pack.setAllowCreates(true);
        pack.setAllowDeletes(true);
        pack.setAllowBranchDeletes(true);
        pack.setAllowNonFastForwards(true);
        pack.setAllowPushOptions(true);
        pack.setMaxObjectSizeLimit(bounds.objectBytes());
        pack.setMaxPackSizeLimit(PACK_BYTES_MAX);
        pack.setMaxCommandBytes(COMMAND_BYTES_MAX);
        return pack;
    }
}
