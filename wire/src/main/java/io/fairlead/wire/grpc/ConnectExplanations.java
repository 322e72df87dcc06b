package io.fairlead.wire.grpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.proxy.ProxyConnectException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Turns gRPC's words about a connection that could not be made into a sentence for the agent's operator. */
final class ConnectExplanations implements ClientInterceptor {
    /** gRPC appends the names of its handlers in a second line. */
    private static final String PIPELINE = "\nChannel Pipeline:";

    /** What gRPC says when the other side hung up before or between its words. */
    private static final String CLOSED = "Network closed for unknown reason";

    private final KasAddress address;

    ConnectExplanations(KasAddress address) {
        this.address = address;
    }

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
            @Override
            public void start(Listener<A> listener, Metadata headers) {
                super.start(
                        new SimpleForwardingClientCallListener<A>(listener) {
                            @Override
                            public void onClose(Status status, Metadata trailers) {
                                super.onClose(explained(status), trailers);
                            }
                        },
                        headers);
            }
        };
    }

    Status explained(Status status) {
        if (status.getCode() != Status.Code.UNAVAILABLE) {
            return status;
        }
        for (Throwable e = status.getCause(); e != null; e = e.getCause()) {
            String sentence = sentence(e);
            if (sentence != null) {
                return status.withDescription(sentence);
            }
        }
        String description = status.getDescription();
        if (description == null) {
            return status;
        }
        if (description.startsWith(CLOSED)) {
            return status.withDescription(
                    "the connection to %s was closed without a reason; if this happens at once, the".formatted(address)
                            + " scheme may not fit the port: grpc:// is for clear text, grpcs:// for TLS");
        }
        int pipeline = description.indexOf(PIPELINE);
        return pipeline < 0 ? status : status.withDescription(description.substring(0, pipeline));
    }

    private @Nullable String sentence(Throwable e) {
        return switch (e) {
            case UnknownHostException x ->
                "the host of %s has no address; check the kas address and the DNS here".formatted(address);
            case ProxyConnectException x ->
                "the HTTP proxy on the way to %s did not let the connection through: %s"
                        .formatted(address, firstLine(x));
            case ConnectTimeoutException x ->
                "%s did not answer in time; a firewall may drop connections to it".formatted(address);
            case NoRouteToHostException x -> "there is no route to %s; check the network".formatted(address);
            case ConnectException x ->
                "nothing listens at %s (%s); check host and port, and that kas runs".formatted(address, firstLine(x));
            default -> null;
        };
    }

    private static String firstLine(Throwable e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
