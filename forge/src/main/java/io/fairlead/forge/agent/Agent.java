package io.fairlead.forge.agent;

import java.time.Instant;

/**
 * An agent for Kubernetes, registered in the project that holds its configuration.
 *
 * @param receptive whether kas is told to call it, since it cannot call
 */
public record Agent(long id, long projectId, String name, long createdByUserId, Instant createdAt, boolean receptive) {}
