package io.fairlead.gitlab.gitaly.server;

import io.fairlead.gitlab.gitaly.GitalyToken;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.time.Clock;

/** Lets calls pass that carry Gitaly's token of version 2. */
final class TokenCheck implements ServerInterceptor {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final String SCHEME = "bearer ";

    private final String secret;
    private final Clock clock;

    TokenCheck(String secret, Clock clock) {
        this.secret = secret;
        this.clock = clock;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (secret.isEmpty()) {
            return next.startCall(call, headers);
        }
        String value = headers.get(AUTHORIZATION);
        if (value == null || !value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return refuse(call, Status.UNAUTHENTICATED.withDescription("authentication required"));
        }
        if (!GitalyToken.verify(value.substring(SCHEME.length()), secret, clock)) {
            return refuse(
                    call,
                    Status.PERMISSION_DENIED.withDescription(
                            "permission denied: the token was made with another secret or at another time"));
        }
        return next.startCall(call, headers);
    }

    private static <Q, A> ServerCall.Listener<Q> refuse(ServerCall<Q, A> call, Status status) {
        call.close(status, new Metadata());
        return new ServerCall.Listener<>() {};
    }
}
