package io.fairlead.link.identity.agent;

import io.fairlead.link.identity.AgentToken;
import io.fairlead.link.identity.BearerToken;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.function.Supplier;

/** Shows the agent's token with each call to kas. The supplier is asked each time, so a new token file takes effect. */
public final class AgentTokenCalls implements ClientInterceptor {
    private final Supplier<AgentToken> token;

    public AgentTokenCalls(Supplier<AgentToken> token) {
        this.token = token;
    }

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
            @Override
            public void start(Listener<A> listener, Metadata headers) {
                BearerToken.put(headers, token.get().secret());
                super.start(listener, headers);
            }
        };
    }
}
