package io.fairlead.link.identity.kas;

import io.fairlead.base.log.SummedLog;
import io.fairlead.base.net.ClientSource;
import io.fairlead.base.time.Scheduler;
import io.fairlead.gitlab.api.AccessChanges;
import io.fairlead.gitlab.api.AllowedAgents;
import io.fairlead.gitlab.api.AuthorizeProxyUserRequest;
import io.fairlead.gitlab.api.AuthorizeProxyUserResponse;
import io.fairlead.gitlab.api.CallShare;
import io.fairlead.gitlab.api.GitLabClient;
import io.fairlead.gitlab.api.GitLabException;
import io.fairlead.link.identity.AccessListener;
import io.fairlead.link.identity.ProxyAccess;
import io.fairlead.link.identity.ProxyCredential;
import io.fairlead.link.identity.ProxyDecision;
import io.fairlead.link.identity.ProxyDecision.Refused;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks GitLab what a job or a person may do, and remembers the answer for a short time. */
public final class GitLabProxyAccess implements ProxyAccess, AccessListener {
    /** kas 16.5: how long a good answer, and how long a refusal, is remembered. */
    public static final Duration KEEP = Duration.ofSeconds(60);

    public static final Duration KEEP_REFUSAL = Duration.ofSeconds(10);

    private static final int ASKING_MAX = 2_000;

    /** More than are asked for at once. */
    private static final int REVIEWING_MAX = 100;

    private static final String JOB_TOKEN_ADVICE = "it is no token of a job that runs";
    private static final String USER_ADVICE =
            "GitLab takes this token or session for none that may use the agent; make a"
                    + " new kubeconfig, or ask who maintains the agent's project to share it with you by user_access";
    private static final long NO_JOB = 0;
    private static final long NO_AGENT = 0;
    private static final Logger log = LoggerFactory.getLogger(GitLabProxyAccess.class);

    private sealed interface Known {}

    /**
     * One answer serves all agents of the job.
     *
     * @param others set once an agent that is not among them has changed: it may let the job in now
     */
    private record JobAgents(AllowedAgents agents, AtomicBoolean others) implements Known {
        JobAgents(AllowedAgents agents) {
            this(agents, new AtomicBoolean());
        }

        boolean have(long agentId) {
            return agents.allowedAgents().stream().anyMatch(agent -> agent.id() == agentId);
        }

        boolean haveAnyOf(AccessChanges changes) {
            return agents.allowedAgents().stream()
                    .anyMatch(agent -> changes.agents().contains(agent.id()));
        }
    }

    private record Authorized(AuthorizeProxyUserResponse user) implements Known {}

    private record Denied(Refused refusal) implements Known {}

    private final GitLabClient gitlab;
    private final Duration keep;
    private final Duration keepRefusal;
    private final RefusedCredentials refused;
    private final AnswerCache<Known> answers;
    private final SummedLog failures = new SummedLog(log);

    /** @param threads runs the questions, which block; a virtual thread for each */
    public GitLabProxyAccess(
            GitLabClient gitlab,
            Duration keep,
            Duration keepRefusal,
            RefusedCredentials refused,
            Scheduler time,
            Executor threads) {
        this.gitlab = gitlab;
        this.refused = refused;
        this.keep = keep;
        this.keepRefusal = keepRefusal;
        this.answers = new AnswerCache<>(time, threads, ASKING_MAX);
    }

    @Override
    public CompletionStage<ProxyDecision> decide(ProxyCredential credential, SocketAddress client) {
        String key = credential.cacheKey();
        if (!answers.holds(key) && !refused.admits(ClientSource.of(client), key, credential.secretHash())) {
            return CompletableFuture.completedFuture(new Refused(
                    429,
                    "Too many requests: GitLab refused too many credentials from " + ClientSource.of(client)
                            + "; one that it has not accepted within the last hour is looked at again in a moment"));
        }
        return answers.get(key, () -> counted(ClientSource.of(client), credential, ask(credential, CallShare.PEOPLE)))
                .thenCompose(known -> lacks(known, credential)
                        ? answers.getAnew(
                                key,
                                known,
                                () -> counted(ClientSource.of(client), credential, ask(credential, CallShare.PEOPLE)))
                        : CompletableFuture.completedFuture(known))
                .handle((known, failure) -> decision(credential, known, failure));
    }

    /** Asked for at most {@code Reviews.AT_ONCE} at once, so this waits behind nobody at the door. */
    @Override
    public CompletionStage<ProxyDecision> review(ProxyCredential credential, SocketAddress client) {
        return answers.getWithin(
                        credential.cacheKey(),
                        () -> counted(ClientSource.of(client), credential, ask(credential, CallShare.REVIEWS)),
                        REVIEWING_MAX)
                .handle((known, failure) -> decision(credential, known, failure));
    }

    private static boolean lacks(Known known, ProxyCredential credential) {
        return known instanceof JobAgents job && job.others.get() && !job.have(credential.agentId());
    }

    private ProxyDecision decision(ProxyCredential credential, @Nullable Known known, @Nullable Throwable failure) {
        if (known == null) {
            failures.warn("decision about " + credential + " failed: " + failure);
            return new Refused(500, "Internal error: GitLab could not be asked; try again");
        }
        return switch (known) {
            case Denied(Refused refusal) -> refusal;
            case JobAgents job -> JobDecision.of(job.agents, credential.agentId());
            case Authorized(AuthorizeProxyUserResponse user) -> UserDecision.of(user, credential);
        };
    }

    private AnswerCache.Answer<Known> counted(
            String source, ProxyCredential credential, AnswerCache.Answer<Known> answer) {
        switch (answer.value()) {
            case Denied(Refused refusal) -> {
                if (refusal.httpStatus() < 500) {
                    refused.refused(source, credential.cacheKey());
                }
            }
            case JobAgents _, Authorized _ -> refused.accepted(credential.secretHash());
        }
        return answer;
    }

    private AnswerCache.Answer<Known> ask(ProxyCredential credential, CallShare share) {
        return switch (credential) {
            case ProxyCredential.CiJob job ->
                ask(() -> new JobAgents(gitlab.allowedAgents(job.token(), share)), GitLabProxyAccess::jobRefusal);
            case ProxyCredential.PersonalAccessToken pat ->
                ask(
                        () -> new Authorized(gitlab.authorizeProxyUser(
                                AuthorizeProxyUserRequest.personalAccessToken(pat.agentId(), pat.token()), share)),
                        GitLabProxyAccess::userRefusal);
            case ProxyCredential.Session session ->
                ask(
                        () -> new Authorized(gitlab.authorizeProxyUser(
                                AuthorizeProxyUserRequest.session(session.agentId(), session.cookie(), session.csrf()),
                                share)),
                        GitLabProxyAccess::userRefusal);
        };
    }

    private AnswerCache.Answer<Known> ask(Supplier<Known> question, Function<GitLabException, Refused> refusal) {
        try {
            return new AnswerCache.Answer<>(question.get(), keep);
        } catch (GitLabException e) {
            boolean lasting = e.lastingRefusal();
            if (!lasting) {
                failures.warn("access could not be decided: " + e.getMessage());
            }
            return new AnswerCache.Answer<>(new Denied(refusal.apply(e)), lasting ? keepRefusal : Duration.ZERO);
        }
    }

    private static Refused jobRefusal(GitLabException e) {
        return switch (e.status()) {
            case 401 -> refused(401, "Unauthorized: CI job token", JOB_TOKEN_ADVICE, e);
            case 403 -> refused(403, "Forbidden: CI job token", "the job's project may use no agent", e);
            case 404 -> refused(404, "Not found: agents for CI job token", "the job's project is not there", e);
            default ->
                e.lastingRefusal() ? refused(401, "Unauthorized: CI job token", JOB_TOKEN_ADVICE, e) : internal(e);
        };
    }

    /**
     * Whatever is wrong with a person's access is one thing to the outside: they are not authorized. That includes 400, with
     * which GitLab means a token or session that it does not know; GitLab kas 16.5 answers 500 there.
     */
    private static Refused userRefusal(GitLabException e) {
        return e.lastingRefusal() ? refused(401, "Unauthorized", USER_ADVICE, e) : internal(e);
    }

    /** @param advice what is said where GitLab gives no reason itself */
    private static Refused refused(int status, String text, String advice, GitLabException e) {
        return new Refused(status, text + ": " + (e.reason().isEmpty() ? advice : e.reason()));
    }

    private static Refused internal(GitLabException e) {
        return new Refused(500, "Internal error: " + e.getMessage());
    }

    /** Forgets what was said about these, and every refusal: a change may be in someone's favour. */
    @Override
    public void changed(AccessChanges changes) {
        answers.invalidateWhere(known -> switch (known) {
            case Denied denied -> true;
            case JobAgents job -> {
                // An agent that was not among them may let the job in now; those that were may still.
                job.others.compareAndSet(false, !changes.agents().isEmpty());
                yield job.haveAnyOf(changes)
                        || changes.concern(
                                job.agents.user().id(), job.agents.job().id(), NO_AGENT);
            }
            case Authorized(AuthorizeProxyUserResponse user) ->
                changes.concern(user.user().id(), NO_JOB, user.agent().id());
        });
    }
}
