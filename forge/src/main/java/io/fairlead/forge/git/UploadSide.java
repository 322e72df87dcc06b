package io.fairlead.forge.git;

import io.fairlead.forge.repository.PackSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collection;
import java.util.List;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.PacketLineOut;
import org.eclipse.jgit.transport.PreUploadHook;
import org.eclipse.jgit.transport.RefAdvertiser.PacketLineOutRefAdvertiser;
import org.eclipse.jgit.transport.ServiceMayNotContinueException;
import org.eclipse.jgit.transport.UploadPack;
import org.jspecify.annotations.Nullable;

/** Sends references and packs: clone and fetch. Used by HTTP, SSH and Gitaly. */
final class UploadSide {
    private UploadSide() {}

    /** @param protocol what the client asked for by {@code Git-Protocol}, such as {@code version=2}; may be empty */
    static void advertise(Repository repository, List<String> protocol, OutputStream out) throws IOException {
        try (UploadPack pack = pack(repository, protocol)) {
            // JGit writes the service line itself where the protocol has one.
            pack.sendAdvertisedRefs(
                    new PacketLineOutRefAdvertiser(new PacketLineOut(out)), GitService.UPLOAD_PACK.text());
        }
        out.flush();
    }

    static void serve(Repository repository, List<String> protocol, InputStream in, OutputStream out)
            throws IOException {
        try (UploadPack pack = pack(repository, protocol)) {
            pack.upload(in, out, null);
        }
        out.flush();
    }

    /** A whole conversation over one connection. A slot is held only while a pack is made and sent. */
    static void converse(
            Repository repository,
            List<String> protocol,
            GitSlots slots,
            String client,
            InputStream in,
            OutputStream out,
            OutputStream messages)
            throws IOException {
        try (UploadPack pack = pack(repository, protocol);
                SlotForPack slot = new SlotForPack(slots, client)) {
            pack.setBiDirectionalPipe(true);
            pack.setPreUploadHook(slot);
            pack.upload(in, out, messages);
        }
        out.flush();
    }

    private static final class SlotForPack implements PreUploadHook, AutoCloseable {
        private final GitSlots slots;
        private final String client;
        private GitSlots.@Nullable Slot taken;

        SlotForPack(GitSlots slots, String client) {
            this.slots = slots;
            this.client = client;
        }

        @Override
        public void onBeginNegotiateRound(UploadPack pack, Collection<? extends ObjectId> wants, int offered) {}

        @Override
        public void onEndNegotiateRound(
                UploadPack pack, Collection<? extends ObjectId> wants, int common, int unknown, boolean ready) {}

        @Override
        public void onSendPack(
                UploadPack pack, Collection<? extends ObjectId> wants, Collection<? extends ObjectId> haves)
                throws ServiceMayNotContinueException {
            if (taken == null) {
                taken = slots.takeOrRefuse(client);
            }
        }

        @Override
        public void close() {
            if (taken != null) {
                taken.close();
            }
        }
    }

    private static UploadPack pack(Repository repository, List<String> protocol) {
        UploadPack pack = new UploadPack(repository);
        pack.setBiDirectionalPipe(false);
        pack.setExtraParameters(protocol);
        // Partial clones fetch single objects later, and a runner fetches a commit that no branch names any more.
        pack.setRequestPolicy(UploadPack.RequestPolicy.ANY);
        pack.setPackConfig(PackSettings.of(repository));
        return pack;
    }
}
