package io.fairlead.link.tracker.kas;

import io.fairlead.link.tracker.rpc.AgentTrackerGrpc;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** The answers of all kas to one question, this one's first. */
final class Gathering<A> {
    /** GitLab waits 5 s for its own answer. */
    private static final Duration ANSWER_MAX = Duration.ofSeconds(3);

    private final A own;
    private final List<Channel> others;
    private final List<CompletableFuture<A>> answers = new ArrayList<>();

    Gathering(A own, List<Channel> others) {
        this.own = own;
        this.others = others;
    }

    Gathering<A> ask(AgentTrackerService.Question<A> question) {
        for (Channel channel : others) {
            CompletableFuture<A> answer = new CompletableFuture<>();
            answers.add(answer);
            question.ask(AgentTrackerGrpc.newStub(channel).withDeadlineAfter(ANSWER_MAX), new StreamObserver<>() {
                @Override
                public void onNext(A value) {
                    answer.complete(value);
                }

                @Override
                public void onError(Throwable error) {
                    answer.completeExceptionally(error);
                }

                @Override
                public void onCompleted() {
                    answer.completeExceptionally(Status.INTERNAL.asRuntimeException());
                }
            });
        }
        return this;
    }

    void into(StreamObserver<A> caller, Function<List<A>, A> together) {
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).whenComplete((done, failure) -> {
            if (failure != null) {
                caller.onError(Status.UNAVAILABLE
                        .withDescription(
                                "another kas did not say which agents it has: " + Status.fromThrowable(failure))
                        .asRuntimeException());
                return;
            }
            List<A> all = new ArrayList<>(List.of(own));
            answers.forEach(answer -> all.add(answer.resultNow()));
            caller.onNext(together.apply(all));
            caller.onCompleted();
        });
    }
}
