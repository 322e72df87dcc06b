package io.fairlead.forge.agent;

import java.time.Instant;

/** An agent for Kubernetes, registered in the project that holds its configuration. */
public record Agent(long id, long projectId, String name, long createdByUserId, Instant createdAt) {}
