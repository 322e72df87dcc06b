package io.fairlead.link.identity.agent;

import io.fairlead.link.identity.AgentToken;
import io.fairlead.link.identity.BearerToken;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.function.Supplier;

/** A channel to kas that shows the agent's token with each call. The token is asked for each time: a new file takes effect. */
public final class AuthenticatedChannel extends Channel {
    private final Channel channel;
    private final Supplier<AgentToken> token;

    public AuthenticatedChannel(Channel channel, Supplier<AgentToken> token) {
        this.channel = channel;
        this.token = token;
    }

    @Override
    public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
        return new SimpleForwardingClientCall<>(channel.newCall(method, options)) {
            @Override
            public void start(Listener<A> listener, Metadata headers) {
                BearerToken.put(headers, token.get().secret());
                super.start(listener, headers);
            }
        };
    }

    @Override
    public String authority() {
        return channel.authority();
    }
}
