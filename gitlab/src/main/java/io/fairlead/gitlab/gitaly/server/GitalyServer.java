package io.fairlead.gitlab.gitaly.server;

import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.net.ListenFailure;
import io.fairlead.base.thread.VirtualThreads;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Serves the part of Gitaly that kas needs, each call on a virtual thread of its own. */
public final class GitalyServer implements Stage {
    private static final int CALLS_PER_CONNECTION_MAX = 100;
    private static final int MESSAGE_BYTES_MAX = 1 << 20;
    private static final Duration DRAIN_MAX = Duration.ofSeconds(3);

    private final InetSocketAddress listen;
    private final GitalyRepositories repositories;
    private final String token;
    private final Clock clock;
    private @Nullable Server server;
    private @Nullable ExecutorService threads;

    /** @param token shared with whoever calls; empty lets everyone in */
    public GitalyServer(InetSocketAddress listen, GitalyRepositories repositories, String token, Clock clock) {
        this.listen = listen;
        this.repositories = repositories;
        this.token = token;
        this.clock = clock;
    }

    @Override
    public void start() {
        ExecutorService executor = VirtualThreads.perTask("gitaly-server");
        threads = executor;
        Server built = NettyServerBuilder.forAddress(listen)
                .executor(executor)
                .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION_MAX)
                .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                .permitKeepAliveTime(20, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .intercept(new TokenCheck(token, clock))
                .addService(new CommitService(repositories))
                .addService(new SmartHttpService(repositories))
                .build();
        try {
            server = built.start();
        } catch (IOException e) {
            throw ListenFailure.of("Gitaly", listen, e);
        }
    }

    /** Where it listens, as kas is told; after {@link #start}. */
    public InetSocketAddress address() {
        Server running = server;
        if (running == null) {
            throw new IllegalStateException("Gitaly was not started");
        }
        return new InetSocketAddress(listen.getAddress(), running.getPort());
    }

    @Override
    public void close() throws InterruptedException {
        if (server != null) {
            server.shutdown();
            if (!server.awaitTermination(DRAIN_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
                server.shutdownNow();
            }
        }
        if (threads != null) {
            threads.shutdownNow();
        }
    }
}
