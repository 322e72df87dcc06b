package io.fairlead.link.fake;

import io.fairlead.link.identity.AgentToken;
import io.fairlead.link.identity.agent.AuthenticatedChannel;
import io.grpc.BindableService;
import io.grpc.Channel;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerInterceptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** A gRPC server on a free port of the loopback with its services on event loops, as in kas, and a channel to it. */
public final class LoopbackGrpc implements AutoCloseable {
    private final Server server;
    private final ManagedChannel channel;

    public LoopbackGrpc(List<ServerInterceptor> interceptors, BindableService... services) {
        ServerBuilder<?> builder = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                .directExecutor();
        interceptors.forEach(builder::intercept);
        for (BindableService service : services) {
            builder.addService(service);
        }
        try {
            server = builder.build().start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        channel = Grpc.newChannelBuilder("127.0.0.1:" + server.getPort(), InsecureChannelCredentials.create())
                .build();
    }

    /** Without any credential. */
    public Channel channel() {
        return channel;
    }

    /** Showing a bearer token with each call. */
    public Channel channel(String token) {
        return new AuthenticatedChannel(channel, () -> new AgentToken(token));
    }

    @Override
    public void close() {
        channel.shutdownNow();
        server.shutdownNow();
    }
}
