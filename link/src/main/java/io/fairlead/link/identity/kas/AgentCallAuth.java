package io.fairlead.link.identity.kas;

import io.fairlead.link.identity.AccessRules;
import io.fairlead.link.identity.AgentToken;
import io.fairlead.link.identity.AgentTokens;
import io.fairlead.link.identity.BearerToken;
import io.fairlead.link.identity.TokenShape;
import io.fairlead.wire.grpc.ConnectionLife;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Optional;

/**
 * Stands before every service of the listener for agents: takes the agent's token from the call, refuses calls without
 * one, connections beyond the token's limit, and methods that are not for agents. Whether the token is good is for the service to
 * ask ({@link AgentTokens}), because that may take a while.
 *
 * <p>Runs on event loops and does not block.
 */
public final class AgentCallAuth implements ServerInterceptor {
    /**
     * On how many connections a token may be shown. GitLab's kas counts calls instead, which with one call for each
     * request makes its limit one of requests: 667 a second with the standard 40,000 a minute.
     */
    @FunctionalInterface
    public interface ConnectionLimit {
        /** Counts a connection; false when it is one too many. */
        boolean admits(AgentToken token);
    }

    private final ConnectionLimit limit;

    public AgentCallAuth(ConnectionLimit limit) {
        this.limit = limit;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        if (!AccessRules.allows(method, AccessRules.Caller.AGENT)) {
            return refuse(call, Status.PERMISSION_DENIED.withDescription(method + " is not for agents"));
        }
        Optional<String> secret = BearerToken.of(headers);
        if (secret.isEmpty()) {
            return refuse(
                    call,
                    Status.UNAUTHENTICATED.withDescription(
                            "no agent token: the call needs the metadata authorization: Bearer <token>"));
        }
        Optional<String> fault = TokenShape.fault(secret.get());
        if (fault.isPresent()) {
            return refuse(call, Status.UNAUTHENTICATED.withDescription("the agent token " + fault.get()));
        }
        AgentToken token = new AgentToken(secret.get());
        ConnectionLife connection = ConnectionLife.of(call);
        if (!connection.hasSeen(token)) {
            if (!limit.admits(token)) {
                return refuse(
                        call,
                        Status.RESOURCE_EXHAUSTED.withDescription(
                                "new connection rate limit of this agent token exceeded; see whether its agents restart in a loop"));
            }
            connection.remember(token);
        }
        return Contexts.interceptCall(Context.current().withValue(AgentToken.OF_CALL, token), call, headers, next);
    }

    private static <Q> ServerCall.Listener<Q> refuse(ServerCall<Q, ?> call, Status status) {
        call.close(status, new Metadata());
        return new ServerCall.Listener<>() {};
    }
}
