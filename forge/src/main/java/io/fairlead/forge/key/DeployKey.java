package io.fairlead.forge.key;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An SSH key of a machine's, as one of the projects has it.
 *
 * @param canPush whether it may also push there
 */
public record DeployKey(
        long id,
        String title,
        SshPublicKey key,
        boolean canPush,
        Instant createdAt,
        @Nullable Instant expiresAt) {
    public boolean expired(Instant now) {
        return expiresAt != null && !now.isBefore(expiresAt);
    }
}
