package io.fairlead.link.tunnel.agent;

import io.fairlead.link.tunnel.rpc.KasFrame;
import io.fairlead.link.tunnel.rpc.RequestInfo;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A channel whose other end is the test: it sees each stream and decides when kas takes or ends it. */
final class FakeKas extends Channel {
    final List<Stream> open = new ArrayList<>();
    int opened;
    /** How kas ends each new stream as soon as it is opened; null: it does not. */
    @Nullable Status turnsAwayWith;

    List<Stream> idle() {
        return open.stream().filter(stream -> !stream.taken).toList();
    }

    /** The connection breaks: all streams on it fail, one after the other. */
    void loseConnection() {
        for (Stream stream : List.copyOf(open)) {
            stream.end(Status.UNAVAILABLE.withDescription("the connection was lost"));
        }
    }

    @Override
    @SuppressWarnings("unchecked") // The pool opens only this method.
    public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
        return (ClientCall<Q, A>) new Stream();
    }

    @Override
    public String authority() {
        return "kas";
    }

    final class Stream extends ClientCall<Object, KasFrame> {
        private @Nullable Listener<KasFrame> listener;
        boolean taken;

        private Listener<KasFrame> listener() {
            Listener<KasFrame> current = listener;
            if (current == null) {
                throw new IllegalStateException("the stream was not started");
            }
            return current;
        }

        void take() {
            taken = true;
            listener()
                    .onMessage(new KasFrame.Open(
                            RequestInfo.newBuilder().setMethodName("/s/m").build()));
        }

        void end(Status status) {
            if (open.remove(this)) {
                listener().onClose(status, new Metadata());
            }
        }

        @Override
        public void start(Listener<KasFrame> to, Metadata headers) {
            listener = to;
            open.add(this);
            opened++;
            Status away = turnsAwayWith;
            if (away != null) {
                end(away);
            }
        }

        @Override
        public void request(int count) {}

        @Override
        public void cancel(@Nullable String message, @Nullable Throwable cause) {
            end(Status.CANCELLED);
        }

        @Override
        public void halfClose() {}

        @Override
        public void sendMessage(Object message) {}
    }
}
