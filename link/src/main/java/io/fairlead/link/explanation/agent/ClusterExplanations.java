package io.fairlead.link.explanation.agent;

import io.fairlead.base.time.Scheduler;
import io.fairlead.kube.connection.BearerToken;
import io.fairlead.link.explanation.ClusterRequest;
import io.fairlead.link.explanation.Explanations;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Explains refusals from the cluster's own roles and bindings. Each explanation has a virtual thread; beyond
 * {@link #AT_ONCE_MAX} of them, or after {@link #REFUSAL_WAIT_MAX}, a refusal goes to its client as it came.
 */
public final class ClusterExplanations implements Explanations {
    /** A client that is refused in a loop shall not keep the agent busy with saying why. */
    private static final int AT_ONCE_MAX = 8;

    private static final Duration REFUSAL_WAIT_MAX = Duration.ofMillis(1_500);
    private static final Duration QUESTION_WAIT_MAX = Duration.ofSeconds(15);

    private static final Logger log = LoggerFactory.getLogger(ClusterExplanations.class);

    private interface Work<T> {
        T done() throws InterruptedException;
    }

    private final Scheduler time;
    private final Executor threads;
    private final RefusalExplainer refusals;
    private final QuestionAnswers questions;
    private final Semaphore places = new Semaphore(AT_ONCE_MAX);

    /**
     * @param own the agent's own credential, whose name the cluster knows it by
     * @param threads a virtual thread for each task
     */
    public ClusterExplanations(RbacSource source, BearerToken own, Scheduler time, Executor threads) {
        this.time = time;
        this.threads = threads;
        RecentRbac rbac = new RecentRbac(source, time, threads);
        refusals = new RefusalExplainer(rbac, own);
        questions = new QuestionAnswers(rbac, own);
    }

    @Override
    public boolean given() {
        return true;
    }

    @Override
    public CompletionStage<byte[]> explain(ClusterRequest request, byte[] status) {
        return bounded(() -> refusals.explained(request, status), status, status, REFUSAL_WAIT_MAX);
    }

    @Override
    public CompletionStage<Answer> answer(ClusterRequest request) {
        return bounded(
                () -> questions.answer(request),
                AnswerJson.status(
                        429, "the agent answers " + AT_ONCE_MAX + " questions at once; ask again in a moment"),
                AnswerJson.status(
                        504, "the cluster's roles could not be read within " + QUESTION_WAIT_MAX.toSeconds() + " s"),
                QUESTION_WAIT_MAX);
    }

    private <T> CompletionStage<T> bounded(Work<T> work, T whenFull, T whenLate, Duration max) {
        if (!places.tryAcquire()) {
            return CompletableFuture.completedFuture(whenFull);
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        Scheduler.Scheduled limit = time.schedule(max, () -> result.complete(whenLate));
        try {
            threads.execute(() -> {
                try {
                    result.complete(work.done());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    result.complete(whenLate);
                } catch (RuntimeException e) {
                    log.error("a refusal could not be explained", e);
                    result.complete(whenLate);
                } finally {
                    // Also after an Error, such as a stack that is too deep: whoever was refused waits for an answer.
                    result.complete(whenLate);
                    places.release();
                    limit.cancel();
                }
            });
        } catch (RejectedExecutionException e) {
            // The agent is stopping.
            places.release();
            limit.cancel();
            result.complete(whenLate);
        }
        return result;
    }
}
