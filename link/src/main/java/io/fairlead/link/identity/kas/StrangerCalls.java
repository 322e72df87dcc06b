package io.fairlead.link.identity.kas;

import io.fairlead.base.net.ClientSource;
import io.fairlead.link.identity.AgentToken;
import io.fairlead.link.identity.AgentTokens;
import io.fairlead.wire.grpc.ConnectionLife;
import io.fairlead.wire.grpc.GrpcListener;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.net.InetAddress;

/**
 * Finds out whose each connection is, behind {@link AgentCallAuth}: the first call with a token asks GitLab about it, the
 * services' own questions share the answer. A connection that shows no good token is a stranger's and is ended by its
 * listener; one whose token GitLab cannot be asked about now is let be.
 *
 * <p>Runs on event loops and does not block.
 */
public final class StrangerCalls implements ServerInterceptor {
    private final AgentTokens tokens;
    private final RefusedCredentials refused;

    public StrangerCalls(AgentTokens tokens, RefusedCredentials refused) {
        this.tokens = tokens;
        this.refused = refused;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        AgentToken token = AgentToken.OF_CALL.get();
        ConnectionLife connection = ConnectionLife.of(call);
        if (!connection.trusts(token)) {
            String source = source(call);
            if (!refused.admits(source, token.hash(), token.hash())) {
                call.close(
                        Status.RESOURCE_EXHAUSTED.withDescription("GitLab refused too many agent tokens from " + source
                                + "; new ones are looked at again in a moment"),
                        new Metadata());
                return new ServerCall.Listener<>() {};
            }
            ask(connection, token, source);
        }
        return Contexts.interceptCall(Context.current(), call, headers, next);
    }

    private static String source(ServerCall<?, ?> call) {
        InetAddress client = call.getAttributes().get(GrpcListener.CLIENT);
        return client == null ? "this process" : ClientSource.of(client);
    }

    private void ask(ConnectionLife connection, AgentToken token, String source) {
        if (!connection.asks(token, () -> look(connection, token, source))) {
            return;
        }
        look(connection, token, source);
    }

    private void look(ConnectionLife connection, AgentToken token, String source) {
        tokens.authenticate(token).whenComplete((agent, failure) -> {
            if (agent != null) {
                refused.accepted(token.hash());
                connection.trust(token);
            } else if (Status.fromThrowable(failure).getCode() != Status.Code.UNAVAILABLE) {
                refused.refused(source, token.hash());
                connection.distrust(token);
            }
        });
    }
}
