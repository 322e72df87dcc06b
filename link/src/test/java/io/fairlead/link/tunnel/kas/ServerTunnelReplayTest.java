package io.fairlead.link.tunnel.kas;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Code;
import io.fairlead.link.tunnel.OutgoingMessage;
import io.fairlead.link.tunnel.rpc.ConnectRequest;
import io.fairlead.link.tunnel.rpc.ConnectResponse;
import io.fairlead.link.tunnel.rpc.OutgoingFrame;
import io.fairlead.link.tunnel.rpc.TunnelCodec;
import io.fairlead.link.vectors.RecordedStream;
import io.fairlead.testing.time.ManualTime;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** In the place of the original kas our tunnel hears what the original agentk said, and says what the original said. */
class ServerTunnelReplayTest {
    private static final long AGENT = 1;

    @TestFactory
    Stream<DynamicTest> saysWhatTheOriginalKasSaid() {
        return RecordedStream.tunnels().stream()
                .map(stream -> DynamicTest.dynamicTest("stream " + stream.number(), () -> new Replay(stream).run()));
    }

    private static final class Replay implements TunnelListener, TunnelWaiter {
        private final RecordedStream stream;
        private final ManualTime time = new ManualTime();
        private final TunnelRegistry registry = new TunnelRegistry(TunnelRegistry.Limits.DEFAULT, time, time.clock());
        private final FakeServerCall grpc = new FakeServerCall();
        private final List<byte[]> heard = new ArrayList<>();
        private @Nullable TunnelCall call;
        private final List<Status> ends = new ArrayList<>(1);

        Replay(RecordedStream stream) {
            this.stream = stream;
        }

        void run() throws IOException {
            ServerTunnel tunnel = new ServerTunnel(grpc, registry);
            tunnel.authenticated(AGENT, "edge");
            List<byte[]> said = new ArrayList<>();
            List<byte[]> meant = new ArrayList<>();
            Code failure = Code.OK;
            for (RecordedStream.Frame frame : stream.frames()) {
                if (!frame.fromAgent()) {
                    if (!frame.end()) {
                        said.add(frame.bytes());
                        say(frame.bytes());
                    }
                } else if (frame.end()) {
                    tunnel.onHalfClose();
                } else {
                    ConnectRequest message = ConnectRequest.parseFrom(frame.bytes());
                    if (message.hasMessage()) {
                        meant.add(message.getMessage().getData().toByteArray());
                    }
                    if (message.hasError()) {
                        failure = Code.forNumber(message.getError().getStatus().getCode());
                    }
                    tunnel.onMessage(TunnelCodec.served().parseRequest(new ByteArrayInputStream(frame.bytes())));
                }
            }
            checkSaid(said);
            assertThat(heard).usingElementComparator(Arrays::compare).containsExactlyElementsOf(meant);
            checkEnd(failure);
        }

        private void say(byte[] bytes) throws IOException {
            ConnectResponse message = ConnectResponse.parseFrom(bytes);
            if (message.hasRequestInfo()) {
                registry.acquire(AGENT, "gitlab.agent.kubernetes_api.rpc.KubernetesApi", "MakeRequest", this);
                assertThat(call().open(bytes, this)).isTrue();
            } else if (message.hasCloseSend()) {
                call().halfClose();
            } else {
                call().send(OutgoingMessage.whole(message.getMessage().getData().toByteArray()));
            }
        }

        private TunnelCall call() {
            return Objects.requireNonNull(call, "a free stream of the agent");
        }

        private void checkSaid(List<byte[]> said) throws IOException {
            List<byte[]> ours = new ArrayList<>();
            for (OutgoingFrame frame : grpc.sent) {
                ours.add(TunnelCodec.served().streamResponse(frame).readAllBytes());
            }
            assertThat(ours).usingElementComparator(Arrays::compare).containsExactlyElementsOf(said);
        }

        /** A stream that the agent ended ends well; the request's side hears of success, of the agent's error, or of none. */
        private void checkEnd(Code failure) {
            boolean halfClosed = stream.frames().stream().anyMatch(frame -> frame.fromAgent() && frame.end());
            boolean whole = stream.frames().stream()
                    .anyMatch(frame -> frame.fromAgent() && frame.bytes().length == 2 && frame.bytes()[0] == 0x22);
            if (!halfClosed) {
                assertThat(grpc.ends).isEmpty();
                if (call != null) {
                    call.cancel("the client closed the connection");
                    assertThat(grpc.ends).extracting(Status::getCode).isEqualTo(stream.ends());
                }
                return;
            }
            assertThat(grpc.ends).extracting(Status::getCode).containsExactly(Status.Code.OK);
            assertThat(registry.streams(AGENT)).isZero();
            if (call != null) {
                Status.Code expected = failure != Code.OK
                        ? Status.fromCodeValue(failure.getNumber()).getCode()
                        : whole ? Status.Code.OK : Status.Code.UNAVAILABLE;
                assertThat(ends).extracting(Status::getCode).containsExactly(expected);
            }
        }

        @Override
        public void onTunnel(TunnelCall found) {
            call = found;
        }

        @Override
        public void onNoTunnel(NoTunnel reason) {
            throw new AssertionError(reason);
        }

        @Override
        public void onMessage(ByteBuf message) {
            heard.add(ByteBufUtil.getBytes(message));
            message.release();
        }

        @Override
        public void onReady() {}

        @Override
        public void onEnd(Status status) {
            ends.add(status);
        }
    }
}
