package io.fairlead.link.routing.kas;

import io.fairlead.gitlab.jwt.JwtRefusedException;
import io.fairlead.gitlab.jwt.KasJwt;
import io.fairlead.link.identity.AccessRules;
import io.fairlead.link.identity.BearerToken;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Optional;

/**
 * Stands before every service of the private API: only another kas, by its JWT, and only what goes through tunnels or what
 * GitLab may ask, which one kas passes on to the others.
 */
public final class PrivateApiAuth implements ServerInterceptor {
    private final KasJwt jwt;

    public PrivateApiAuth(KasJwt jwt) {
        this.jwt = jwt;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        if (!AccessRules.allows(method, AccessRules.Caller.KAS_THROUGH_TUNNEL)
                && !AccessRules.allows(method, AccessRules.Caller.GITLAB)) {
            return refuse(call, Status.PERMISSION_DENIED.withDescription(method + " is not for another kas"));
        }
        Optional<String> token = BearerToken.of(headers);
        if (token.isEmpty()) {
            return refuse(call, Status.UNAUTHENTICATED.withDescription("JWT validation failed: there is none"));
        }
        try {
            jwt.verifyFromKasToKas(token.get());
        } catch (JwtRefusedException e) {
            return refuse(call, Status.UNAUTHENTICATED.withDescription("JWT validation failed: " + e.getMessage()));
        }
        return next.startCall(call, headers);
    }

    private static <Q> ServerCall.Listener<Q> refuse(ServerCall<Q, ?> call, Status status) {
        call.close(status, new Metadata());
        return new ServerCall.Listener<>() {};
    }
}
