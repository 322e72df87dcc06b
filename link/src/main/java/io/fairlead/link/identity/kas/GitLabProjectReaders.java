package io.fairlead.link.identity.kas;

import io.fairlead.base.log.SummedLog;
import io.fairlead.base.time.Scheduler;
import io.fairlead.gitlab.api.AccessChanges;
import io.fairlead.gitlab.api.GitLabClient;
import io.fairlead.gitlab.api.GitLabException;
import io.fairlead.link.identity.AccessListener;
import io.fairlead.link.identity.AgentToken;
import io.fairlead.link.identity.ProjectReaders;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks GitLab which projects an agent may read, and remembers until GitLab tells that rights have changed. */
public final class GitLabProjectReaders implements ProjectReaders, AccessListener {
    /** kas 16.5: how long a yes, and how long a no, is remembered. */
    public static final Duration KEEP = Duration.ofMinutes(5);

    public static final Duration KEEP_REFUSAL = Duration.ofMinutes(1);

    /** As many agents may hear of one push before GitLab has said anything about them; others find it by polling. */
    private static final int ASKING_MAX = 2_000;

    private static final Logger log = LoggerFactory.getLogger(GitLabProjectReaders.class);

    private final SummedLog failures = new SummedLog(log);
    private final GitLabClient gitlab;
    private final AnswerCache<Boolean> answers;

    /** @param threads runs the questions, which block; a virtual thread for each */
    public GitLabProjectReaders(GitLabClient gitlab, Scheduler time, Executor threads) {
        this.gitlab = gitlab;
        this.answers = new AnswerCache<>(time, threads, ASKING_MAX);
    }

    @Override
    public CompletionStage<Boolean> mayRead(AgentToken agent, String project) {
        return answers.get(agent.hash() + " " + project, () -> ask(agent, project))
                .exceptionally(failure -> {
                    failures.warn("whether an agent may read a project was not asked: " + failure.getMessage());
                    return false;
                });
    }

    private AnswerCache.Answer<Boolean> ask(AgentToken agent, String project) {
        try {
            gitlab.verifyProjectAccess(agent.secret(), project);
            return new AnswerCache.Answer<>(true, KEEP);
        } catch (GitLabException e) {
            if (e.lastingRefusal()) {
                return new AnswerCache.Answer<>(false, KEEP_REFUSAL);
            }
            failures.warn("whether an agent may read a project was not answered: " + e.getMessage());
            return new AnswerCache.Answer<>(false, Duration.ZERO);
        }
    }

    @Override
    public void changed(AccessChanges changes) {
        // What an agent may read hangs on its project and on the visibility of others: few ask, so all are asked for
        // again.
        if (!changes.none()) {
            answers.invalidateWhere(known -> true);
        }
    }
}
