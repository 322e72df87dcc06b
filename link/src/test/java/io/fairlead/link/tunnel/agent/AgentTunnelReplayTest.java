package io.fairlead.link.tunnel.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.link.tunnel.OutgoingMessage;
import io.fairlead.link.tunnel.rpc.ConnectRequest;
import io.fairlead.link.tunnel.rpc.ConnectResponse;
import io.fairlead.link.tunnel.rpc.KasFrame;
import io.fairlead.link.tunnel.rpc.OutgoingFrame;
import io.fairlead.link.tunnel.rpc.TunnelCodec;
import io.fairlead.link.vectors.RecordedStream;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** In the place of the original agentk our tunnel hears what the original kas said, and says what the original said. */
class AgentTunnelReplayTest {
    @TestFactory
    Stream<DynamicTest> saysWhatTheOriginalAgentkSaid() {
        return RecordedStream.tunnels().stream()
                .map(stream -> DynamicTest.dynamicTest("stream " + stream.number(), () -> new Replay(stream).run()));
    }

    /** One stream; the served method answers what the recording says, when it says it. */
    private static final class Replay extends ClientCall<OutgoingFrame, KasFrame>
            implements AgentTunnel.Owner, TunneledRequest {
        private final RecordedStream stream;
        private final List<byte[]> sent = new ArrayList<>();
        private final List<byte[]> heard = new ArrayList<>();
        private final List<String> events = new ArrayList<>();
        private @Nullable TunneledReply reply;

        Replay(RecordedStream stream) {
            this.stream = stream;
        }

        void run() throws IOException {
            AgentTunnel tunnel = new AgentTunnel(
                    this, Map.of("/gitlab.agent.kubernetes_api.rpc.KubernetesApi/MakeRequest", method()), this);
            List<byte[]> said = new ArrayList<>();
            List<byte[]> meant = new ArrayList<>();
            List<RecordedStream.Frame> frames = stream.frames();
            for (int i = 0; i < frames.size(); i++) {
                RecordedStream.Frame frame = frames.get(i);
                if (frame.fromAgent() && frame.end()) {
                    // Our tunnel half-closes by itself when its answer is whole.
                    continue;
                } else if (frame.fromAgent()) {
                    said.add(frame.bytes());
                    answer(tunnel, frame, i + 1 < frames.size() ? frames.get(i + 1) : null);
                } else if (!frame.end()) {
                    ConnectResponse message = ConnectResponse.parseFrom(frame.bytes());
                    if (message.hasMessage()) {
                        meant.add(message.getMessage().getData().toByteArray());
                    }
                    tunnel.onMessage(TunnelCodec.called().parseResponse(new ByteArrayInputStream(frame.bytes())));
                }
            }
            boolean answered = events.contains("half-close");
            stream.ends().forEach(end -> tunnel.onClose(end.toStatus(), new Metadata()));
            assertThat(sent).hasSameSizeAs(said);
            for (int i = 0; i < said.size(); i++) {
                same(sent.get(i), said.get(i));
            }
            assertThat(heard).usingElementComparator(java.util.Arrays::compare).containsExactlyElementsOf(meant);
            assertThat(events)
                    .filteredOn(event -> !event.equals("half-close") && !event.equals("kas half-closed"))
                    .isEqualTo(expectedEvents(answered));
        }

        /** Taken when there was a request, told of its end before its time when it had not answered, and closed once. */
        private List<String> expectedEvents(boolean answered) {
            List<String> expected = new ArrayList<>();
            if (reply != null) {
                expected.add("taken");
            }
            if (reply != null && !answered) {
                expected.add("cancelled");
            }
            stream.ends().forEach(end -> expected.add((reply != null ? "used, " : "unused, ") + end));
            return expected;
        }

        private static void same(byte[] ours, byte[] original) throws IOException {
            ConnectRequest message = ConnectRequest.parseFrom(original);
            switch (message.getMsgCase()) {
                // What the header and the descriptor hold is each agent's own affair.
                case HEADER, API_DESCRIPTOR ->
                    assertThat(ConnectRequest.parseFrom(ours).getMsgCase()).isEqualTo(message.getMsgCase());
                case ERROR ->
                    assertThat(ConnectRequest.parseFrom(ours).getError().getStatus())
                            .isEqualTo(message.getError().getStatus());
                case MESSAGE, TRAILER, MSG_NOT_SET -> assertThat(ours).isEqualTo(original);
            }
        }

        private void answer(AgentTunnel tunnel, RecordedStream.Frame frame, RecordedStream.@Nullable Frame next)
                throws IOException {
            ConnectRequest message = ConnectRequest.parseFrom(frame.bytes());
            TunneledReply to = reply;
            if (to == null) {
                assertThat(message.hasApiDescriptor()).isTrue();
                tunnel.start(new Metadata(), new OutgoingFrame.Ready(frame.bytes()));
                return;
            }
            switch (message.getMsgCase()) {
                case MESSAGE ->
                    to.send(OutgoingMessage.whole(message.getMessage().getData().toByteArray()));
                case TRAILER -> {
                    boolean failed = next != null
                            && next.fromAgent()
                            && ConnectRequest.parseFrom(next.bytes()).hasError();
                    if (!failed) {
                        to.end();
                    }
                }
                case ERROR ->
                    to.fail(StatusProto.toStatusRuntimeException(
                                    message.getError().getStatus())
                            .getStatus());
                // Ours sends its header with the first message.
                case HEADER -> {}
                case API_DESCRIPTOR, MSG_NOT_SET -> throw new AssertionError(message);
            }
        }

        private TunneledMethod method() {
            return new TunneledMethod() {
                @Override
                public String fullName() {
                    return "/gitlab.agent.kubernetes_api.rpc.KubernetesApi/MakeRequest";
                }

                @Override
                public TunneledRequest begin(TunneledReply to) {
                    reply = to;
                    return Replay.this;
                }
            };
        }

        @Override
        public void onMessage(ByteBuf message) {
            heard.add(ByteBufUtil.getBytes(message));
            message.release();
        }

        @Override
        public void onHalfClose() {
            events.add("kas half-closed");
        }

        @Override
        public void onReady() {}

        @Override
        public void onCancel() {
            events.add("cancelled");
        }

        @Override
        public void onTaken(AgentTunnel tunnel) {
            events.add("taken");
        }

        @Override
        public void onClosed(AgentTunnel tunnel, boolean wasTaken, Status status) {
            events.add((wasTaken ? "used, " : "unused, ") + status.getCode());
        }

        @Override
        public void start(Listener<KasFrame> listener, Metadata headers) {}

        @Override
        public void request(int count) {}

        @Override
        public void cancel(@Nullable String message, @Nullable Throwable cause) {
            throw new AssertionError("the tunnel gave up what the originals went through with: " + message);
        }

        @Override
        public void halfClose() {
            events.add("half-close");
        }

        @Override
        public void sendMessage(OutgoingFrame message) {
            try {
                sent.add(TunnelCodec.called().streamRequest(message).readAllBytes());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }
}
