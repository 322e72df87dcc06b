package io.fairlead.link.tunnel.kas;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.link.tunnel.rpc.AgentFrame;
import io.fairlead.link.tunnel.rpc.OutgoingFrame;
import io.fairlead.link.tunnel.rpc.TunnelCodec;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** gRPC's half of a Connect stream: keeps what is sent, and takes nothing after its end. */
final class FakeServerCall extends ServerCall<AgentFrame, OutgoingFrame> {
    final List<OutgoingFrame> sent = new CopyOnWriteArrayList<>();
    final List<Status> ends = new ArrayList<>(1);

    @Override
    public void request(int count) {}

    @Override
    public void sendHeaders(Metadata headers) {
        assertThat(ends).isEmpty();
    }

    @Override
    public void sendMessage(OutgoingFrame message) {
        assertThat(ends).isEmpty();
        sent.add(message);
    }

    @Override
    public void close(Status status, Metadata trailers) {
        assertThat(ends).isEmpty();
        ends.add(status);
    }

    @Override
    public boolean isCancelled() {
        return false;
    }

    @Override
    public MethodDescriptor<AgentFrame, OutgoingFrame> getMethodDescriptor() {
        return TunnelCodec.served();
    }
}
