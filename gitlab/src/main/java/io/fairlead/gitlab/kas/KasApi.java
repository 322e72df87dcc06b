package io.fairlead.gitlab.kas;

import io.fairlead.base.error.FairleadException;
import io.fairlead.gitlab.jwt.KasJwt;
import io.fairlead.gitlab.kas.rpc.GitPushEvent;
import io.fairlead.gitlab.kas.rpc.GitPushEventRequest;
import io.fairlead.gitlab.kas.rpc.NotificationsGrpc;
import io.fairlead.gitlab.kas.rpc.Project;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** kas's listener for GitLab, as its caller sees it. Calls block; each is signed anew and takes five seconds at most. */
public final class KasApi implements AutoCloseable {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Duration CALL_MAX = Duration.ofSeconds(5);

    private final ManagedChannel channel;
    private final KasJwt jwt;
    private final String issuer;

    /** @param issuer the caller's host name, for the token */
    public KasApi(InetSocketAddress address, KasJwt jwt, String issuer) {
        this.channel = NettyChannelBuilder.forAddress(address).usePlaintext().build();
        this.jwt = jwt;
        this.issuer = issuer;
    }

    /**
     * Tells kas that references of a project moved.
     *
     * @throws FairleadException {@code kas.unreachable} or whatever else kas answered
     */
    public void gitPushed(long projectId, String fullPath) {
        Metadata headers = new Metadata();
        headers.put(AUTHORIZATION, "bearer " + jwt.fromGitLabToKas(issuer));
        try {
            var unused = NotificationsGrpc.newBlockingStub(channel)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                    .withDeadlineAfter(CALL_MAX.toMillis(), TimeUnit.MILLISECONDS)
                    .gitPushEvent(GitPushEventRequest.newBuilder()
                            .setEvent(GitPushEvent.newBuilder()
                                    .setProject(Project.newBuilder()
                                            .setId(projectId)
                                            .setFullPath(fullPath)))
                            .build());
        } catch (StatusRuntimeException e) {
            throw new FairleadException(
                    "kas.unreachable",
                    "kas answered " + e.getStatus().getCode() + " ("
                            + e.getStatus().getDescription() + ")",
                    e);
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
