package io.fairlead.link.flux.agent;

import java.util.List;

/** The GitRepositories of the cluster. Blocks. {@link ClusterGitSources} asks the API server. */
public interface GitSources {
    /**
     * All of them; none where Flux is not installed.
     *
     * @throws io.fairlead.base.error.FairleadException when they cannot be read
     */
    List<GitSource> list() throws InterruptedException;

    /**
     * Makes Flux look at its repository now.
     *
     * @return false when it is not there any more
     * @throws io.fairlead.base.error.FairleadException when that is refused or nobody answers
     */
    boolean reconcile(GitSource source) throws InterruptedException;
}
