package io.fairlead.forge.member;

import io.fairlead.forge.access.Role;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * A group whose members may come to a project or another group.
 *
 * @param most the highest role that this gives them
 * @param expiresOn the day with whose begin it is over
 */
public record Share(
        long groupId,
        String groupName,
        String groupFullPath,
        Role most,
        @Nullable LocalDate expiresOn) {}
