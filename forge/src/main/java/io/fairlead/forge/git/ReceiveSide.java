package io.fairlead.forge.git;

import io.fairlead.forge.project.Project;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.internal.submodule.SubmoduleValidator.SubmoduleValidationException;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.PacketLineOut;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.eclipse.jgit.transport.ReceivePack;
import org.eclipse.jgit.transport.RefAdvertiser.PacketLineOutRefAdvertiser;

/**
 * Takes packs: push. The references that a push may move all move together or not at all, also when the process is killed
 * meanwhile; what rules forbid is refused reference by reference before.
 */
public final class ReceiveSide {
    private static final long OBJECT_BYTES_MAX = 2L << 30;
    private static final long PACK_BYTES_MAX = 10L << 30;
    private static final long COMMAND_BYTES_MAX = 16L << 20;

    private final RefMoves moves;

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
            Optional<String> refusal = PushOptions.refusal(said(receiving));
            if (refusal.isPresent()) {
                commands.forEach(command -> command.setResult(
                        ReceiveCommand.Result.REJECTED_OTHER_REASON, refusal.get() + "; nothing was pushed"));
                return;
            }
            moves.attempt(repository, receiving.getRevWalk(), project, pusher, commands, receiving.isAtomic());
        });
        pack.setPostReceiveHook((receiving, commands) -> {
            PushOptions options = PushOptions.read(said(receiving));
            options.warnings().forEach(receiving::sendMessage);
            moves.moved(repository, project, pusher, commands, options.known());
        });
    }

    private static List<String> said(ReceivePack receiving) {
        return Optional.ofNullable(receiving.getPushOptions()).orElse(List.of());
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
}
