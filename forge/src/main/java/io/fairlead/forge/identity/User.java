package io.fairlead.forge.identity;

import java.time.Instant;

/** A person with an account here. */
public record User(long id, String username, String name, String email, boolean admin, Instant createdAt) {}
