package io.fairlead.link.configuration.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.agentcfg.AgentConfiguration;
import io.fairlead.link.configuration.rpc.AgentConfigurationGrpc;
import io.fairlead.link.configuration.rpc.ConfigurationRequest;
import io.fairlead.link.configuration.rpc.ConfigurationResponse;
import io.fairlead.link.fake.Agents;
import io.fairlead.link.fake.LoopbackGrpc;
import io.fairlead.testing.time.ManualTime;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConfigurationWatchTest {
    private record Call(ConfigurationRequest request, StreamObserver<ConfigurationResponse> answer) {
        void configure(long agentId, String commit) {
            answer.onNext(ConfigurationResponse.newBuilder()
                    .setCommitId(commit)
                    .setConfiguration(AgentConfiguration.newBuilder().setAgentId(agentId))
                    .build());
        }
    }

    private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    private final BlockingQueue<Duration> pauses = new LinkedBlockingQueue<>();
    private final Semaphore again = new Semaphore(0);
    private final ManualTime time = new ManualTime();
    private final LoopbackGrpc kas =
            new LoopbackGrpc(List.of(), new AgentConfigurationGrpc.AgentConfigurationImplBase() {
                @Override
                public void getConfiguration(
                        ConfigurationRequest request, StreamObserver<ConfigurationResponse> answer) {
                    calls.add(new Call(request, answer));
                }
            });
    private final AtomicBoolean broken = new AtomicBoolean();
    private final ConfigurationWatch watch = new ConfigurationWatch(
            ClientInterceptors.intercept(kas.channel("glagent-1"), new ClientInterceptor() {
                @Override
                public <Q, A> ClientCall<Q, A> interceptCall(
                        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
                    if (broken.get()) {
                        throw new IllegalStateException("a token that cannot be read");
                    }
                    return next.newCall(method, options);
                }
            }),
            Agents.meta("v1"),
            (configuration, commit) -> {
                seen.add(configuration.getAgentId() + " " + commit);
                if (commit.equals("bad")) {
                    throw new IllegalStateException("a listener that fails");
                }
            },
            time,
            new Random(1),
            pause -> {
                pauses.add(pause);
                again.acquire();
            });

    @AfterEach
    void close() throws Exception {
        watch.close();
        kas.close();
    }

    private Call call() throws InterruptedException {
        Call call = calls.poll(10, TimeUnit.SECONDS);
        assertThat(call).as("a call to kas").isNotNull();
        return call;
    }

    private String seen() throws InterruptedException {
        return String.valueOf(seen.poll(10, TimeUnit.SECONDS));
    }

    @Test
    void followsAndComesAgainAtOnceWithTheLastCommit() throws Exception {
        watch.start();
        Call first = call();
        assertThat(first.request().getCommitId()).isEmpty();
        assertThat(first.request().getSkipRegister()).isTrue();
        assertThat(first.request().getAgentMeta()).isEqualTo(Agents.meta("v1"));
        first.configure(7, "c1");
        first.configure(7, "c2");
        assertThat(seen()).isEqualTo("7 c1");
        assertThat(seen()).isEqualTo("7 c2");
        time.pass(Duration.ofMinutes(36));
        first.answer().onCompleted();
        assertThat(call().request().getCommitId()).isEqualTo("c2");
        assertThat(pauses).isEmpty();
    }

    @Test
    void aStreamThatEndsAtOnceDoesNotMakeItGoInCircles() throws Exception {
        watch.start();
        call().answer().onCompleted();
        assertThat(pauses.poll(10, TimeUnit.SECONDS)).isEqualTo(ConfigurationWatch.STREAM_MIN);
        again.release();
        call();
    }

    @Test
    void waitsLongerAfterEachFailure() throws Exception {
        watch.start();
        call().answer()
                .onError(Status.FAILED_PRECONDITION.withDescription("line 3").asRuntimeException());
        assertThat(pauses.poll(10, TimeUnit.SECONDS)).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(15));
        again.release();
        call().answer().onError(Status.UNAVAILABLE.asRuntimeException());
        assertThat(pauses.poll(10, TimeUnit.SECONDS)).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(30));
        time.pass(Duration.ofMinutes(11));
        again.release();
        call().answer().onError(Status.UNAVAILABLE.asRuntimeException());
        assertThat(pauses.poll(10, TimeUnit.SECONDS)).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(15));
    }

    @Test
    void outlivesWhatNobodyForesaw() throws Exception {
        broken.set(true);
        watch.start();
        assertThat(pauses.poll(10, TimeUnit.SECONDS)).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(15));
        broken.set(false);
        again.release();
        call().configure(7, "c1");
        assertThat(seen()).isEqualTo("7 c1");
    }

    @Test
    void survivesAListenerThatFailsAndAnswersThatAreEmpty() throws Exception {
        watch.start();
        Call call = call();
        call.answer().onNext(ConfigurationResponse.getDefaultInstance());
        call.configure(7, "bad");
        call.configure(7, "good");
        assertThat(seen()).isEqualTo("7 bad");
        assertThat(seen()).isEqualTo("7 good");
    }

    @Test
    void closesWithAStreamOpenAndWithoutEverHavingStarted() throws Exception {
        watch.start();
        call();
        watch.close();
        ConfigurationWatch never = new ConfigurationWatch(
                kas.channel("t"), Agents.meta("v1"), (configuration, commit) -> {}, time, new Random(1));
        never.close();
    }
}
