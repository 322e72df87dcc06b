package io.fairlead.link.tunnel.kas;

import io.fairlead.link.tunnel.rpc.AgentDescriptor;
import io.fairlead.link.tunnel.rpc.AgentFrame;
import io.fairlead.link.tunnel.rpc.Method;
import io.fairlead.link.tunnel.rpc.OutgoingFrame;
import io.fairlead.link.tunnel.rpc.Service;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Connect streams of agents that tests play, for tests of other packages. */
public final class TunnelStreams {
    private TunnelStreams() {}

    /** An agent opens a stream and announces one method. */
    public static Stream open(TunnelRegistry registry, long agent, String service, String method) {
        FakeServerCall call = new FakeServerCall();
        ServerTunnel tunnel = new ServerTunnel(call, registry);
        tunnel.authenticated(agent, "agent-" + agent);
        tunnel.onMessage(new AgentFrame.Describe(AgentDescriptor.newBuilder()
                .addServices(Service.newBuilder()
                        .setName(service)
                        .addMethods(Method.newBuilder().setName(method)))
                .build()));
        return new Stream(agent, call, tunnel);
    }

    /** One of them. */
    public record Stream(long agent, FakeServerCall call, ServerTunnel tunnel) {
        /** The connection is lost. */
        public void lose() {
            tunnel.onCancel();
        }

        /** What opened a request on it, as text; empty while none has. */
        public String opening() {
            return call.sent.stream()
                    .filter(OutgoingFrame.Ready.class::isInstance)
                    .map(frame -> new String(((OutgoingFrame.Ready) frame).bytes(), StandardCharsets.UTF_8))
                    .findFirst()
                    .orElse("");
        }

        /** The messages of requests that came, as text. */
        public List<String> heard() {
            List<String> texts = new ArrayList<>();
            for (OutgoingFrame frame : call.sent) {
                if (frame instanceof OutgoingFrame.Wrapped(var message)) {
                    texts.add(new String(message.framing(), StandardCharsets.UTF_8)
                            + new String(ByteBufUtil.getBytes(message.payload()), StandardCharsets.UTF_8));
                }
            }
            return texts;
        }
    }
}
