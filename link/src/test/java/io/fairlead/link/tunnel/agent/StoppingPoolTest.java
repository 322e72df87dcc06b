package io.fairlead.link.tunnel.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.link.tunnel.OutgoingMessage;
import io.fairlead.link.tunnel.rpc.KasFrame;
import io.fairlead.link.tunnel.rpc.OutgoingFrame;
import io.fairlead.link.tunnel.rpc.RequestInfo;
import io.fairlead.testing.time.ManualTime;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The pool stops on one thread while a stream is being opened, or sends, on another. */
class StoppingPoolTest {
    private static final TunnelPool.Limits LIMITS = new TunnelPool.Limits(
            1, 500, 10, Duration.ofSeconds(60), TunnelPool.Limits.DEFAULT.reconnect(), Duration.ofSeconds(30));

    @Test
    void leavesAStreamUnopenedThatIsCancelledOnItsWay() throws Exception {
        StrictCall call = new StrictCall();
        AtomicReference<TunnelPool> pool = new AtomicReference<>();
        AtomicReference<Thread> closing = new AtomicReference<>();
        // The token is read between a stream's entry in the pool and its start.
        pool.set(new TunnelPool(
                call.channel(),
                () -> {
                    Thread stopper = Thread.ofPlatform().start(() -> closeQuietly(pool.get()));
                    closing.set(stopper);
                    // It has cancelled what was idle and waits for the rest.
                    await().until(() -> stopper.getState() == Thread.State.TIMED_WAITING);
                    return "secret";
                },
                List.of(),
                Map.of(),
                LIMITS,
                new ManualTime(),
                new Random(1)));
        pool.get().start();
        assertThat(closing.get().join(Duration.ofSeconds(10))).isTrue();
        assertThat(pool.get().count().open()).isZero();
        assertThat(call.started).hasValue(0);
    }

    private static void closeQuietly(TunnelPool pool) {
        try {
            pool.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void neverSendsIntoACallThatIsBeingCancelled() throws Exception {
        StrictCall call = new StrictCall();
        AtomicReference<TunneledReply> reply = new AtomicReference<>();
        AgentTunnel tunnel = new AgentTunnel(call, Map.of("/s/m", new Keeping(reply)), new Ignoring());
        tunnel.start(new Metadata(), new OutgoingFrame.Ready(new byte[0]));
        tunnel.onMessage(
                new KasFrame.Open(RequestInfo.newBuilder().setMethodName("/s/m").build()));
        CountDownLatch cancelled = new CountDownLatch(1);
        // In the middle of sending the first message, the pool's stopping thread wants to cancel.
        call.whileSending = () -> {
            Thread.ofPlatform().start(() -> {
                tunnel.cancel();
                cancelled.countDown();
            });
            try {
                assertThat(cancelled.await(200, TimeUnit.MILLISECONDS)).isFalse();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        ByteBuf first = Unpooled.buffer().writeByte(1);
        ByteBuf second = Unpooled.buffer().writeByte(2);
        reply.get().send(new OutgoingMessage(new byte[0], first));
        assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
        reply.get().send(new OutgoingMessage(new byte[0], second));
        reply.get().end();
        // The descriptor, the header and the first message.
        assertThat(call.sent).hasValue(3);
        assertThat(second.refCnt()).isZero();
    }

    private record Keeping(AtomicReference<TunneledReply> reply) implements TunneledMethod {
        @Override
        public String fullName() {
            return "/s/m";
        }

        @Override
        public TunneledRequest begin(TunneledReply given) {
            reply.set(given);
            return new TunneledRequest() {
                @Override
                public void onMessage(ByteBuf message) {
                    message.release();
                }

                @Override
                public void onHalfClose() {}

                @Override
                public void onReady() {}

                @Override
                public void onCancel() {}
            };
        }
    }

    private static final class Ignoring implements AgentTunnel.Owner {
        @Override
        public void onTaken(AgentTunnel tunnel) {}

        @Override
        public void onClosed(AgentTunnel tunnel, boolean wasTaken, Status status) {}
    }

    /** As strict as gRPC's: a cancelled call is neither started nor sent to. */
    private static final class StrictCall extends ClientCall<OutgoingFrame, KasFrame> {
        final AtomicInteger started = new AtomicInteger();
        final AtomicInteger sent = new AtomicInteger();
        private volatile boolean cancelled;
        private @Nullable Runnable whileSending;

        Channel channel() {
            return new Channel() {
                @Override
                @SuppressWarnings("unchecked") // The pool opens only this method.
                public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
                    return (ClientCall<Q, A>) StrictCall.this;
                }

                @Override
                public String authority() {
                    return "kas";
                }
            };
        }

        private void check() {
            if (cancelled) {
                throw new IllegalStateException("call was cancelled");
            }
        }

        @Override
        public void start(Listener<KasFrame> listener, Metadata headers) {
            check();
            started.incrementAndGet();
        }

        @Override
        public void request(int count) {}

        @Override
        public void cancel(@Nullable String message, @Nullable Throwable cause) {
            cancelled = true;
        }

        @Override
        public void halfClose() {
            check();
        }

        @Override
        public void sendMessage(OutgoingFrame message) {
            check();
            sent.incrementAndGet();
            Runnable now = whileSending;
            whileSending = null;
            if (now != null) {
                now.run();
            }
        }
    }
}
