package io.fairlead.wire.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.wire.grpc.KasAddress.Scheme;
import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What calls may expect of a channel, whatever the scheme of kas's address. */
class FourSchemesTest {
    private static final int TEN_MIB_IN_CHUNKS = 10 * 1024 * 1024 / ByteServices.CHUNK_BYTES;

    private static final int STALLED_STREAMS = 8;

    @TempDir
    Path folder;

    private TestKas kas;

    @BeforeEach
    void open() {
        kas = new TestKas(folder);
    }

    @AfterEach
    void close() throws Exception {
        kas.close();
    }

    @ParameterizedTest
    @EnumSource
    void answersAUnaryCall(Scheme scheme) throws Exception {
        AgentChannel channel = kas.open(scheme, listen(scheme));
        assertThat(unary(channel, "hello")).isEqualTo("hello");
    }

    @ParameterizedTest
    @EnumSource
    void echoesMessagesAndSeesTheHalfClose(Scheme scheme) throws Exception {
        AgentChannel channel = kas.open(scheme, listen(scheme));
        Answers answers = new Answers();
        StreamObserver<byte[]> requests =
                ClientCalls.asyncBidiStreamingCall(channel.newCall(ByteServices.ECHO, CallOptions.DEFAULT), answers);
        for (int i = 0; i < 100; i++) {
            requests.onNext(new byte[i * 37]);
        }
        await().until(() -> answers.count.get() == 100);
        assertThat(answers.status).isNotDone();
        requests.onCompleted();
        assertThat(answers.await().isOk()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void carriesTenMebibytesDown(Scheme scheme) throws Exception {
        AgentChannel channel = kas.open(scheme, listen(scheme));
        Answers answers = new Answers();
        ClientCalls.asyncServerStreamingCall(
                channel.newCall(ByteServices.POUR, CallOptions.DEFAULT), new byte[TEN_MIB_IN_CHUNKS], answers);
        assertThat(answers.await().isOk()).isTrue();
        assertThat(answers.bytes).hasValue(10 * 1024 * 1024);
    }

    @ParameterizedTest
    @EnumSource
    void carriesTenMebibytesUp(Scheme scheme) throws Exception {
        AgentChannel channel = kas.open(scheme, listen(scheme));
        AtomicInteger left = new AtomicInteger(TEN_MIB_IN_CHUNKS);
        AtomicReference<Answers> self = new AtomicReference<>();
        Answers answers = new Answers(() -> {
            var requests = self.get().requests();
            while (requests.isReady() && left.get() > 0) {
                requests.onNext(new byte[ByteServices.CHUNK_BYTES]);
                if (left.decrementAndGet() == 0) {
                    requests.onCompleted();
                }
            }
        });
        self.set(answers);
        ClientCalls.asyncClientStreamingCall(channel.newCall(ByteServices.SWALLOW, CallOptions.DEFAULT), answers);
        assertThat(answers.await().isOk()).isTrue();
        assertThat(new String(answers.messages.element(), StandardCharsets.US_ASCII))
                .isEqualTo("10485760");
    }

    @ParameterizedTest
    @EnumSource
    void letsOthersPassStreamsThatNobodyReads(Scheme scheme) throws Exception {
        AgentChannel channel = kas.open(scheme, listen(scheme));
        for (int i = 0; i < STALLED_STREAMS; i++) {
            Answers down = Answers.unread(() -> {});
            ClientCalls.asyncServerStreamingCall(
                    channel.newCall(ByteServices.POUR, CallOptions.DEFAULT), new byte[TEN_MIB_IN_CHUNKS], down);
            Answers up = new Answers();
            StreamObserver<byte[]> requests =
                    ClientCalls.asyncClientStreamingCall(channel.newCall(ByteServices.IGNORE, CallOptions.DEFAULT), up);
            // More than a stream's credit: the rest waits on this side.
            for (int chunk = 0;
                    chunk < 2 * GrpcListener.FLOW_CONTROL_WINDOW_BYTES / ByteServices.CHUNK_BYTES;
                    chunk++) {
                requests.onNext(new byte[ByteServices.CHUNK_BYTES]);
            }
        }
        assertThat(unary(channel, "past them")).isEqualTo("past them");
        Answers answers = new Answers();
        ClientCalls.asyncServerStreamingCall(
                channel.newCall(ByteServices.POUR, CallOptions.DEFAULT), new byte[TEN_MIB_IN_CHUNKS], answers);
        assertThat(answers.await().isOk()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void tellsTheServerOfACancellation(Scheme scheme) throws Exception {
        AgentChannel channel = kas.open(scheme, listen(scheme));
        Answers answers = waitCall(channel, CallOptions.DEFAULT);
        await().until(() -> answers.count.get() == 1);
        answers.requests().cancel("test", null);
        assertThat(answers.await().getCode()).isEqualTo(Status.Code.CANCELLED);
        await().until(() -> kas.services.cancelled.get() == 1);
    }

    @ParameterizedTest
    @EnumSource
    void keepsADeadline(Scheme scheme) throws Exception {
        AgentChannel channel = kas.open(scheme, listen(scheme));
        unary(channel, "warm");
        Answers answers = waitCall(channel, CallOptions.DEFAULT.withDeadlineAfter(300, TimeUnit.MILLISECONDS));
        assertThat(answers.await().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        await().until(() -> kas.services.cancelled.get() == 1);
    }

    @ParameterizedTest
    @EnumSource
    void endsLongStreamsWithOkWhenTheConnectionIsOldAndServesOn(Scheme scheme) throws Exception {
        ConnectionAge age = new ConnectionAge(
                Duration.ofSeconds(1), Duration.ofMillis(1500), Duration.ofMillis(100), Duration.ofSeconds(30));
        GrpcListener listener = listen(scheme, config -> config.withAge(age));
        AgentChannel channel = kas.open(scheme, listener);
        Answers first = waitCall(channel, CallOptions.DEFAULT);
        Answers second = waitCall(channel, CallOptions.DEFAULT);
        await().until(() -> kas.services.waiting.get() == 2);
        // Calls go on all the time, over the old connection and then over the new one; none fails.
        while (!first.status.isDone() || !second.status.isDone()) {
            assertThat(unary(channel, "still here")).isEqualTo("still here");
        }
        assertThat(first.await().isOk()).isTrue();
        assertThat(second.await().isOk()).isTrue();
        // The old connection goes as soon as its last call has ended.
        await().until(() -> listener.connections() == 1);
    }

    @ParameterizedTest
    @EnumSource
    void cutsAStreamThatStaysBeyondTheGrace(Scheme scheme) throws Exception {
        ConnectionAge age = new ConnectionAge(
                Duration.ofSeconds(1), Duration.ofMillis(1200), Duration.ZERO, Duration.ofMillis(500));
        AgentChannel channel = kas.open(scheme, listen(scheme, config -> config.withAge(age)));
        Answers answers = new Answers();
        ClientCalls.asyncServerStreamingCall(
                channel.newCall(ByteServices.STAY, CallOptions.DEFAULT), new byte[1], answers);
        assertThat(answers.await().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }

    @ParameterizedTest
    @EnumSource
    void drainsWithoutAFailedCallAndServesAgainAfterARestart(Scheme scheme) throws Exception {
        GrpcListener first = listen(scheme);
        InetSocketAddress at = first.address();
        AgentChannel channel = kas.open(kas.address(scheme, first), kas.clientConfig());
        Answers waiting = waitCall(channel, CallOptions.DEFAULT);
        await().until(() -> kas.services.waiting.get() == 1);
        first.close();
        assertThat(waiting.await().isOk()).isTrue();
        kas.listen(at, scheme.tls(), UnaryOperator.identity());
        assertThat(unary(channel, "again", CallOptions.DEFAULT.withWaitForReady()))
                .isEqualTo("again");
    }

    @ParameterizedTest
    @EnumSource
    void failsRunningCallsWhenKasIsKilledAndReconnects(Scheme scheme) throws Exception {
        GrpcListener first = listen(scheme, config -> config.withDrainGrace(Duration.ZERO));
        InetSocketAddress at = first.address();
        AgentChannel channel = kas.open(kas.address(scheme, first), kas.clientConfig());
        Answers staying = new Answers();
        ClientCalls.asyncServerStreamingCall(
                channel.newCall(ByteServices.STAY, CallOptions.DEFAULT), new byte[1], staying);
        await().until(() -> staying.count.get() == 1);
        first.close();
        assertThat(staying.await()).matches(status -> status.getCode() == Status.Code.UNAVAILABLE);
        kas.listen(at, scheme.tls(), UnaryOperator.identity());
        assertThat(unary(channel, "again", CallOptions.DEFAULT.withWaitForReady()))
                .isEqualTo("again");
    }

    @ParameterizedTest
    @EnumSource
    void survivesManyPingsOfKas(Scheme scheme) throws Exception {
        KeepAlive eager = new KeepAlive(Duration.ofMillis(10), Duration.ofSeconds(20), Duration.ofSeconds(20));
        GrpcListener listener = listen(scheme, config -> config.withKeepAlive(eager));
        AgentChannel channel = kas.open(scheme, listener);
        Answers waiting = waitCall(channel, CallOptions.DEFAULT.withDeadlineAfter(500, TimeUnit.MILLISECONDS));
        assertThat(waiting.await().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(unary(channel, "alive")).isEqualTo("alive");
        assertThat(listener.connections()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void refusesAMessageBeyondFourMebibytes(Scheme scheme) throws Exception {
        AgentChannel channel = kas.open(scheme, listen(scheme));
        Answers answers = new Answers();
        ClientCalls.asyncUnaryCall(
                channel.newCall(ByteServices.UNARY, CallOptions.DEFAULT), new byte[4 * 1024 * 1024 + 1], answers);
        assertThat(answers.await().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }

    private GrpcListener listen(Scheme scheme) throws Exception {
        return listen(scheme, UnaryOperator.identity());
    }

    private GrpcListener listen(Scheme scheme, UnaryOperator<GrpcListenerConfig> change) throws Exception {
        return kas.listen(scheme.tls(), change);
    }

    private static Answers waitCall(AgentChannel channel, CallOptions options) {
        Answers answers = new Answers();
        ClientCalls.asyncServerStreamingCall(channel.newCall(ByteServices.WAIT, options), new byte[1], answers);
        return answers;
    }

    static String unary(AgentChannel channel, String text) throws Exception {
        return unary(channel, text, CallOptions.DEFAULT);
    }

    static String unary(AgentChannel channel, String text, CallOptions options) throws Exception {
        Answers answers = new Answers();
        ClientCalls.asyncUnaryCall(
                channel.newCall(ByteServices.UNARY, options), text.getBytes(StandardCharsets.US_ASCII), answers);
        Status status = answers.await();
        if (!status.isOk()) {
            throw new StatusRuntimeException(status);
        }
        return new String(answers.messages.element(), StandardCharsets.US_ASCII);
    }
}
