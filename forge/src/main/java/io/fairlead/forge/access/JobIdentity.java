package io.fairlead.forge.access;

import org.jspecify.annotations.Nullable;

/** The running job that a job token speaks for. {@code environment} is absent when the job has none. */
public record JobIdentity(
        long jobId,
        long pipelineId,
        long projectId,
        long userId,
        boolean protectedRef,
        @Nullable JobEnvironment environment) {
    /** The environment that a job deploys to. */
    public record JobEnvironment(String name, String slug, String tier) {}
}
