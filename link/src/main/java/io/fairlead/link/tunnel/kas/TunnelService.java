package io.fairlead.link.tunnel.kas;

import io.fairlead.base.retry.Backoff;
import io.fairlead.base.time.Scheduler;
import io.fairlead.link.identity.AgentInfo;
import io.fairlead.link.identity.AgentToken;
import io.fairlead.link.identity.AgentTokens;
import io.fairlead.link.tunnel.rpc.AgentFrame;
import io.fairlead.link.tunnel.rpc.OutgoingFrame;
import io.fairlead.link.tunnel.rpc.TunnelCodec;
import io.fairlead.wire.grpc.ConnectionLife;
import io.fairlead.wire.grpc.StreamEnd;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Serves ReverseTunnel/Connect to agents. Caller: any agent with a valid token; the stream belongs to the agent the token
 * names, whatever the agent says.
 */
public final class TunnelService implements ServerCallHandler<AgentFrame, OutgoingFrame> {
    /**
     * While GitLab cannot be asked an agent's streams wait here rather than hammer: they were connected before, often. The
     * longest wait is ours; with its spread it lets agents serve within 10 s of GitLab's return.
     */
    private static final Backoff ASK_AGAIN =
            new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(5), 1.6, 0.2, Duration.ofSeconds(25));

    /** Some half an hour; then the stream ends, and the agent comes again in its own time. */
    private static final int ASKED_AGAIN_MAX = 360;

    /** Unsent bytes above which a stream is not ready for more; gRPC's 32 KiB would halt a bulk transfer at each chunk. */
    private static final int READY_BELOW_BYTES = 256 * 1024;

    private final AgentTokens tokens;
    private final Context.Key<AgentToken> tokenKey;
    private final TunnelRegistry registry;
    private final StreamEnd streamEnd;
    private final Scheduler scheduler;
    private final RandomGenerator random;
    private final TokenWatch watch;

    public TunnelService(
            AgentTokens tokens,
            Context.Key<AgentToken> tokenKey,
            TunnelRegistry registry,
            StreamEnd streamEnd,
            Scheduler scheduler,
            RandomGenerator random) {
        this.tokens = tokens;
        this.tokenKey = tokenKey;
        this.registry = registry;
        this.streamEnd = streamEnd;
        this.scheduler = scheduler;
        this.random = random;
        this.watch = new TokenWatch(tokens, scheduler);
    }

    /** Ends the streams of tokens that are good no longer; to be started beside the listener. */
    public TokenWatch tokenWatch() {
        return watch;
    }

    public ServerServiceDefinition definition() {
        return ServerServiceDefinition.builder("gitlab.agent.reverse_tunnel.rpc.ReverseTunnel")
                .addMethod(TunnelCodec.served(), this)
                .build();
    }

    @Override
    public ServerCall.Listener<AgentFrame> startCall(ServerCall<AgentFrame, OutgoingFrame> call, Metadata headers) {
        AgentToken token = tokenKey.get();
        call.setOnReadyThreshold(READY_BELOW_BYTES);
        ServerTunnel tunnel = new ServerTunnel(call, registry);
        AtomicReference<ConnectionLife.Registration> wish = new AtomicReference<ConnectionLife.Registration>(() -> {});
        tunnel.whenEnded(() -> {
            wish.get().cancel();
            watch.ended(token, tunnel);
        });
        watch.opened(token, tunnel);
        // Last, because it may end the stream at once: then all that its end takes back is there.
        wish.set(streamEnd.onStreamsShouldEnd(tunnel::endIfIdle));
        if (tunnel.hasEnded()) {
            wish.get().cancel();
            return tunnel;
        }
        call.request(1);
        ask(token, tunnel, 0);
        return tunnel;
    }

    private void ask(AgentToken token, ServerTunnel tunnel, int failures) {
        tokens.authenticate(token).whenComplete((info, error) -> answered(token, tunnel, failures, info, error));
    }

    private void answered(
            AgentToken token, ServerTunnel tunnel, int failures, @Nullable AgentInfo info, @Nullable Throwable error) {
        if (info != null) {
            tunnel.authenticated(info.agentId(), info.agentName());
            return;
        }
        Status status = Status.fromThrowable(error == null ? new IllegalStateException("no answer") : error);
        boolean again = status.getCode() == Status.Code.UNAVAILABLE && failures < ASKED_AGAIN_MAX;
        if (again && !tunnel.hasEnded()) {
            scheduler.schedule(ASK_AGAIN.afterFailures(failures + 1, random), () -> ask(token, tunnel, failures + 1));
        } else {
            tunnel.refuse(status);
        }
    }
}
