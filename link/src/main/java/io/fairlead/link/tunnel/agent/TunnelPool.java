package io.fairlead.link.tunnel.agent;

import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.retry.Backoff;
import io.fairlead.base.time.Deadline;
import io.fairlead.base.time.Scheduler;
import io.fairlead.link.tunnel.rpc.AgentDescriptor;
import io.fairlead.link.tunnel.rpc.ConnectRequest;
import io.fairlead.link.tunnel.rpc.Descriptor;
import io.fairlead.link.tunnel.rpc.Method;
import io.fairlead.link.tunnel.rpc.OutgoingFrame;
import io.fairlead.link.tunnel.rpc.Service;
import io.fairlead.link.tunnel.rpc.TunnelCodec;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps streams to kas open ahead of demand: when one is taken and fewer than {@link Limits#idleMin} remain idle,
 * {@link Limits#step} more are opened, up to {@link Limits#streamsMax} in all; a stream that ends is opened anew at once,
 * unless enough are idle and none was missed for {@link Limits#surplusAfter}.
 *
 * <p>One monitor guards the counts. Streams that fail are opened again with back-off, see {@link FailedStreams}; a stream
 * that ends unused within a second counts as failed, so that a kas that turns streams away is not asked in a tight loop.
 * While there is no connection streams wait for one inside the channel, which has its own pauses.
 */
public final class TunnelPool implements Stage, AgentTunnel.Owner {
    /**
     * Numbers of GitLab agentk 16.5, except {@code drain} and the longest wait before another try, which is 20 s there.
     *
     * @param reconnect how long streams that failed wait; with its spread below the 10 s within which service must return
     * @param drain how long running requests may go on when the agent stops
     */
    public record Limits(
            int idleMin, int streamsMax, int step, Duration surplusAfter, Backoff reconnect, Duration drain) {
        public static final Limits DEFAULT = new Limits(
                2,
                500,
                10,
                Duration.ofSeconds(60),
                new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(5), 1.6, 0.2, Duration.ofSeconds(25)),
                Duration.ofSeconds(20));
    }

    private static final Logger log = LoggerFactory.getLogger(TunnelPool.class);
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final long QUICK_END_NANOS = Duration.ofSeconds(1).toNanos();
    private static final CallOptions OPTIONS =
            CallOptions.DEFAULT.withWaitForReady().withOnReadyThreshold(256 * 1024);

    private final Channel channel;
    private final Supplier<String> token;
    private final Limits limits;
    private final Scheduler scheduler;
    private final FailedStreams failed;
    private final Map<String, TunneledMethod> methods = new LinkedHashMap<>();
    private final OutgoingFrame descriptor;
    private final Map<AgentTunnel, Long> open = new LinkedHashMap<>();
    private int idle;
    private int slots;
    private long missedNanos;
    private boolean stopping;

    /**
     * @param token the agent token, asked for each stream because its file may change; never fails
     * @param methods what the agent serves
     * @param features names announced beside them, as service and method
     */
    public TunnelPool(
            Channel channel,
            Supplier<String> token,
            List<TunneledMethod> methods,
            Map<String, String> features,
            Limits limits,
            Scheduler scheduler,
            RandomGenerator random) {
        this.channel = channel;
        this.token = token;
        this.limits = limits;
        this.scheduler = scheduler;
        failed = new FailedStreams(limits.reconnect(), scheduler, random, this::connect);
        methods.forEach(method -> this.methods.put(method.fullName(), method));
        descriptor = descriptor(methods, features);
        missedNanos = scheduler.nanoTime();
    }

    private static OutgoingFrame descriptor(List<TunneledMethod> methods, Map<String, String> features) {
        AgentDescriptor.Builder described = AgentDescriptor.newBuilder();
        for (TunneledMethod method : methods) {
            String name = method.fullName();
            int slash = name.lastIndexOf('/');
            described.addServices(service(name.substring(1, slash), name.substring(slash + 1)));
        }
        features.forEach((service, method) -> described.addServices(service(service, method)));
        return new OutgoingFrame.Ready(ConnectRequest.newBuilder()
                .setApiDescriptor(Descriptor.newBuilder().setAgentDescriptor(described))
                .build()
                .toByteArray());
    }

    private static Service service(String service, String method) {
        return Service.newBuilder()
                .setName(service)
                .addMethods(Method.newBuilder().setName(method))
                .build();
    }

    @Override
    public void start() {
        int wanted;
        synchronized (this) {
            wanted = limits.idleMin();
            slots = wanted;
        }
        connect(wanted);
    }

    /** How many streams are open, and how many of them wait for a request. */
    public synchronized Count count() {
        return new Count(open.size(), idle);
    }

    public record Count(int open, int idle) {}

    private void connect(int count) {
        for (int i = 0; i < count; i++) {
            connect();
        }
    }

    private void connect() {
        AgentTunnel tunnel = new AgentTunnel(channel.newCall(TunnelCodec.called(), OPTIONS), methods, this);
        synchronized (this) {
            if (stopping) {
                return;
            }
            open.put(tunnel, scheduler.nanoTime());
            idle++;
        }
        Metadata headers = new Metadata();
        headers.put(AUTHORIZATION, "Bearer " + token.get());
        tunnel.start(headers, descriptor);
    }

    @Override
    public void onTaken(AgentTunnel tunnel) {
        int more = 0;
        synchronized (this) {
            idle--;
            failed.forget();
            if (idle < limits.idleMin() && !stopping) {
                missedNanos = scheduler.nanoTime();
                more = Math.min(limits.step(), limits.streamsMax() - slots);
                slots += more;
            }
        }
        connect(more);
    }

    @Override
    public void onClosed(AgentTunnel tunnel, boolean wasTaken, Status status) {
        boolean again = false;
        Optional<Duration> wait = Optional.empty();
        synchronized (this) {
            Long openedNanos = open.remove(tunnel);
            long now = scheduler.nanoTime();
            if (!wasTaken) {
                idle--;
            }
            boolean surplus = idle >= limits.idleMin()
                    && now - missedNanos > limits.surplusAfter().toNanos();
            if (stopping || surplus) {
                slots--;
            } else if (wasTaken || !countsAsFailure(status, openedNanos == null ? now : openedNanos, now)) {
                again = true;
            } else {
                wait = failed.add();
            }
        }
        wait.ifPresent(time -> log.warn(
                "tunnel streams to kas failed: {}; opening them again in {} ms", describe(status), time.toMillis()));
        if (again) {
            connect();
        }
    }

    private static boolean countsAsFailure(Status status, long openedNanos, long now) {
        return switch (status.getCode()) {
            case OK, CANCELLED, DEADLINE_EXCEEDED -> now - openedNanos < QUICK_END_NANOS;
            default -> true;
        };
    }

    private static String describe(Status status) {
        if (status.getCode() == Status.Code.UNAUTHENTICATED) {
            return "kas does not know this agent's token (it may have been revoked): give agentk a new one";
        }
        return status.getDescription() == null
                ? status.getCode().name()
                : status.getCode().name() + " (" + status.getDescription() + ")";
    }

    /** Ends idle streams, lets running requests end for {@link Limits#drain}, then ends those too. */
    @Override
    public void close() throws InterruptedException {
        List<AgentTunnel> running;
        synchronized (this) {
            stopping = true;
            failed.cancel();
            running = List.copyOf(open.keySet());
        }
        running.forEach(AgentTunnel::cancelIfIdle);
        Deadline.in(limits.drain()).await(() -> count().open() == 0);
        synchronized (this) {
            running = List.copyOf(open.keySet());
        }
        running.forEach(AgentTunnel::cancel);
    }
}
