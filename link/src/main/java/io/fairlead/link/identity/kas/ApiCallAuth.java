package io.fairlead.link.identity.kas;

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

/** Stands before every service of the API listener: only GitLab, by its JWT, and only methods that are for GitLab. */
public final class ApiCallAuth implements ServerInterceptor {
    private final KasJwt jwt;

    public ApiCallAuth(KasJwt jwt) {
        this.jwt = jwt;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        if (!AccessRules.allows(method, AccessRules.Caller.GITLAB)) {
            return refuse(call, Status.PERMISSION_DENIED.withDescription(method + " is not for GitLab"));
        }
        Optional<String> token = BearerToken.of(headers);
        if (token.isEmpty()) {
            return refuse(call, Status.UNAUTHENTICATED.withDescription("JWT validation failed: there is none"));
        }
        try {
            jwt.verifyToKas(token.get());
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
