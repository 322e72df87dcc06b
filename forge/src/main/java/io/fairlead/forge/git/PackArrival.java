package io.fairlead.forge.git;

import io.fairlead.forge.repository.PackBounds;
import io.fairlead.forge.repository.PackHeader;
import java.io.IOException;
import java.io.PushbackInputStream;
import java.time.Duration;

/** Lets packs in when their first bytes are there, not before, and those of many objects one after another. */
final class PackArrival {
    private static final int MANY_SHARE = 10;
    private static final Duration WAIT_MAX = Duration.ofMinutes(2);

    private final long many = PackBounds.ofThisProcess().objects() / MANY_SHARE;
    private final GitSlots large = new GitSlots(1, WAIT_MAX);

    /**
     * Waits for the header of the pack that comes; the stream is as it was then.
     *
     * @return to be closed when the pack was taken
     */
    GitSlots.Slot await(PushbackInputStream in, String client) throws IOException {
        return PackHeader.objects(in) < many ? () -> {} : large.takeOrRefuse(client);
    }
}
