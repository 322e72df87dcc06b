package io.fairlead.forge.member;

import io.fairlead.forge.access.Role;
import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * A person with a role in a project or a group.
 *
 * @param expiresOn the day with whose begin the membership is over
 */
public record Member(
        long userId,
        String username,
        String name,
        Role role,
        @Nullable LocalDate expiresOn,
        Instant createdAt) {}
