package io.fairlead.link.identity.kas;

import io.fairlead.base.log.SummedLog;
import io.fairlead.base.time.Scheduler;
import io.fairlead.gitlab.api.AccessChanges;
import io.fairlead.gitlab.api.AgentInfoResponse;
import io.fairlead.gitlab.api.GitLabClient;
import io.fairlead.gitlab.api.GitLabException;
import io.fairlead.link.identity.AccessListener;
import io.fairlead.link.identity.AgentInfo;
import io.fairlead.link.identity.AgentToken;
import io.fairlead.link.identity.AgentTokens;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks GitLab who an agent is and remembers: a token that is revoked is known until GitLab tells so, and at most for the time
 * of {@code keep}.
 */
public final class GitLabAgentTokens implements AgentTokens, AccessListener {
    /** kas 16.5: how long a good answer, and how long a refusal, is remembered. */
    public static final Duration KEEP = Duration.ofMinutes(5);

    public static final Duration KEEP_REFUSAL = Duration.ofSeconds(60);

    private static final int ASKING_MAX = 2_000;
    private static final Logger log = LoggerFactory.getLogger(GitLabAgentTokens.class);

    private final SummedLog failures = new SummedLog(log);

    private sealed interface Known {}

    private record Found(AgentInfo agent) implements Known {}

    private record Refused(Status status) implements Known {}

    private final GitLabClient gitlab;
    private final Duration keep;
    private final Duration keepRefusal;
    private final AnswerCache<Known> answers;

    /** @param threads runs the questions, which block; a virtual thread for each */
    public GitLabAgentTokens(
            GitLabClient gitlab, Duration keep, Duration keepRefusal, Scheduler time, Executor threads) {
        this.gitlab = gitlab;
        this.keep = keep;
        this.keepRefusal = keepRefusal;
        this.answers = new AnswerCache<>(time, threads, ASKING_MAX);
    }

    @Override
    public CompletionStage<AgentInfo> authenticate(AgentToken token) {
        // Completed by hand, because a derived stage would wrap the status in a CompletionException.
        CompletableFuture<AgentInfo> result = new CompletableFuture<>();
        answers.get(token.hash(), () -> ask(token)).whenComplete((known, failure) -> {
            if (failure != null) {
                result.completeExceptionally(Status.UNAVAILABLE
                        .withDescription("unavailable")
                        .withCause(failure)
                        .asRuntimeException());
                return;
            }
            switch (known) {
                case Found(AgentInfo agent) -> result.complete(agent);
                case Refused(Status status) -> result.completeExceptionally(status.asRuntimeException());
            }
        });
        return result;
    }

    @Override
    public boolean remembers(AgentToken token) {
        return answers.holds(token.hash());
    }

    private AnswerCache.Answer<Known> ask(AgentToken token) {
        try {
            return new AnswerCache.Answer<>(new Found(agent(gitlab.agentInfo(token.secret()))), keep);
        } catch (GitLabException e) {
            // 401 is an agent's everyday mistake and says nothing about us; what else goes wrong is worth a line.
            if (e.status() != 401) {
                failures.warn("agent could not be looked up: " + e.getMessage());
            }
            return switch (e.status()) {
                case 401 -> refused(Status.UNAUTHENTICATED.withDescription("unauthenticated"));
                case 403 -> refused(Status.PERMISSION_DENIED.withDescription("forbidden"));
                case 404 -> refused(Status.NOT_FOUND.withDescription("agent not found"));
                default ->
                    e.lastingRefusal()
                            ? refused(Status.UNAUTHENTICATED.withDescription(
                                    "unauthenticated: GitLab answered " + e.status()))
                            : new AnswerCache.Answer<>(
                                    new Refused(Status.UNAVAILABLE.withDescription("unavailable")), Duration.ZERO);
            };
        }
    }

    private AnswerCache.Answer<Known> refused(Status status) {
        return new AnswerCache.Answer<>(new Refused(status), keepRefusal);
    }

    private static AgentInfo agent(AgentInfoResponse answer) {
        return new AgentInfo(
                answer.agentId(),
                answer.projectId(),
                answer.agentName(),
                answer.gitalyRepository().glProjectPath(),
                answer.gitalyInfo(),
                answer.gitalyRepository(),
                answer.defaultBranch());
    }

    /** Forgets agents' tokens, as when one was revoked. */
    @Override
    public void changed(AccessChanges changes) {
        if (changes.everything()) {
            answers.invalidateWhere(known -> true);
        } else if (!changes.agents().isEmpty()) {
            answers.invalidateWhere(known -> switch (known) {
                case Found(AgentInfo agent) -> changes.agents().contains(agent.agentId());
                case Refused refused -> true;
            });
        }
    }
}
