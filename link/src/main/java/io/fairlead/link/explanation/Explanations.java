package io.fairlead.link.explanation;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What agentk can say about a refusal. Called on event loops: nothing here waits. */
public interface Explanations {
    /** What agentk answers itself lies below this path; no API server has such a group. */
    String PATH = "/apis/explain.fairlead.dev/";

    /** An agent that adds nothing: refusals pass as they are, and the paths are the API server's. */
    Explanations NONE = new Explanations() {
        @Override
        public boolean given() {
            return false;
        }

        @Override
        public CompletionStage<byte[]> explain(ClusterRequest request, byte[] status) {
            return CompletableFuture.completedFuture(status);
        }

        @Override
        public CompletionStage<Answer> answer(ClusterRequest request) {
            throw new IllegalStateException("this agent answers nothing itself");
        }
    };

    /** An answer of agentk's own, in JSON. */
    record Answer(int status, byte[] json) {}

    /** Whether refusals are explained at all. */
    boolean given();

    /**
     * The Status of a refusal with what explains it, or {@code status} itself where nothing can be said. Comes within a bounded
     * time and never fails.
     *
     * @param status the body of the API server's 403
     */
    CompletionStage<byte[]> explain(ClusterRequest request, byte[] status);

    /** Answers a request below {@link #PATH}. Comes within a bounded time and never fails. */
    CompletionStage<Answer> answer(ClusterRequest request);
}
