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
import java.util.Set;
import java.util.function.Consumer;

/** Stands before every service of a listener whose callers show a JWT: only they, and only methods that are for them. */
public final class JwtCallAuth implements ServerInterceptor {
    private final String who;
    private final Set<AccessRules.Caller> callers;
    private final Consumer<String> check;

    private JwtCallAuth(String who, Set<AccessRules.Caller> callers, Consumer<String> check) {
        this.who = who;
        this.callers = callers;
        this.check = check;
    }

    /** Before the API listener. */
    public static JwtCallAuth ofGitLab(KasJwt jwt) {
        return new JwtCallAuth("GitLab", Set.of(AccessRules.Caller.GITLAB), jwt::verifyToKas);
    }

    /** Before the private API: what goes through tunnels, and what GitLab may ask, which one kas passes on to the others. */
    public static JwtCallAuth ofOtherKas(KasJwt jwt) {
        return new JwtCallAuth(
                "another kas",
                Set.of(AccessRules.Caller.KAS_THROUGH_TUNNEL, AccessRules.Caller.GITLAB),
                jwt::verifyFromKasToKas);
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        if (callers.stream().noneMatch(caller -> AccessRules.allows(method, caller))) {
            return refuse(call, Status.PERMISSION_DENIED.withDescription(method + " is not for " + who));
        }
        Optional<String> token = BearerToken.of(headers);
        if (token.isEmpty()) {
            return refuse(call, Status.UNAUTHENTICATED.withDescription("JWT validation failed: there is none"));
        }
        try {
            check.accept(token.get());
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
