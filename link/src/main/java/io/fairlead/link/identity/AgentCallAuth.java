package io.fairlead.link.identity;

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
 * one, calls beyond the token's limit, and methods that are not for agents. Whether the token is good is for the service to
 * ask ({@link AgentTokens}), because that may take a while.
 *
 * <p>Runs on event loops and does not block.
 */
public final class AgentCallAuth implements ServerInterceptor {
    /** The caller's token, in the context of every call that got through. */
    public static final Context.Key<AgentToken> TOKEN = Context.key("fairlead.agent-token");

    /** How many calls a token may make. */
    @FunctionalInterface
    public interface CallLimit {
        /** Counts the call; false when it is one too many. */
        boolean admits(AgentToken token);
    }

    private final CallLimit limit;

    public AgentCallAuth(CallLimit limit) {
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
        AgentToken token = new AgentToken(secret.get());
        if (!limit.admits(token)) {
            return refuse(
                    call,
                    Status.RESOURCE_EXHAUSTED.withDescription(
                            "new connection rate limit of this agent token exceeded; see whether its agents restart in a loop"));
        }
        return Contexts.interceptCall(Context.current().withValue(TOKEN, token), call, headers, next);
    }

    private static <Q> ServerCall.Listener<Q> refuse(ServerCall<Q, ?> call, Status status) {
        call.close(status, new Metadata());
        return new ServerCall.Listener<>() {};
    }
}
