package io.fairlead.link.identity;

import java.util.concurrent.CompletionStage;

/** Tells whether an agent may read a project. */
@FunctionalInterface
public interface ProjectReaders {
    /**
     * Does not block. Completes with false also when GitLab cannot be asked: who is not known to be allowed is not.
     *
     * @param project full path
     */
    CompletionStage<Boolean> mayRead(AgentToken agent, String project);
}
