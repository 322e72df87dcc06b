package io.fairlead.forge.project;

import io.fairlead.forge.access.Role;
import java.time.Instant;

/** A person with a role in a project. */
public record Member(long userId, String username, String name, Role role, Instant createdAt) {}
