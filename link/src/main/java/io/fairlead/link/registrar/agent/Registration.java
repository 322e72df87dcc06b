package io.fairlead.link.registrar.agent;

import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.retry.Backoff;
import io.fairlead.base.thread.VirtualThreads;
import io.fairlead.base.time.Deadline;
import io.fairlead.link.entity.AgentMeta;
import io.fairlead.link.entity.KubernetesVersion;
import io.fairlead.link.registrar.rpc.AgentRegistrarGrpc;
import io.fairlead.link.registrar.rpc.RegisterRequest;
import io.fairlead.link.registrar.rpc.UnregisterRequest;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells kas every few minutes that this pod is there, what it is and which Kubernetes it runs in; at the end, that it
 * goes. Works on one virtual thread.
 */
public final class Registration implements Stage {
    /** kas 16.5 and its agentk: between two registrations. */
    static final Duration PERIOD = Duration.ofMinutes(5);

    static final Backoff BACKOFF =
            new Backoff(Duration.ofSeconds(10), Duration.ofMinutes(5), 2, 0.5, Duration.ofMinutes(10));

    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration GOODBYE_TIMEOUT = Duration.ofSeconds(2);
    private static final Logger log = LoggerFactory.getLogger(Registration.class);

    private final AgentRegistrarGrpc.AgentRegistrarBlockingStub kas;
    private final AgentMeta self;
    private final Supplier<Optional<KubernetesVersion>> kubernetes;
    private final long podId;
    private final RandomGenerator random;
    private final Pause pause;
    private @Nullable Thread thread;
    private final CompletableFuture<Void> first = new CompletableFuture<>();
    private volatile boolean registered;

    /** Waits; tests pass one that does not. */
    @FunctionalInterface
    interface Pause {
        void sleep(Duration time) throws InterruptedException;
    }

    /**
     * @param channel to kas, with the agent's token on every call
     * @param self what this pod is, without the Kubernetes version
     * @param kubernetes asked before each registration; may block, empty while unknown
     * @param podId random, the same until the process ends
     */
    public Registration(
            Channel channel,
            AgentMeta self,
            Supplier<Optional<KubernetesVersion>> kubernetes,
            long podId,
            RandomGenerator random) {
        this(channel, self, kubernetes, podId, random, Deadline::pause);
    }

    Registration(
            Channel channel,
            AgentMeta self,
            Supplier<Optional<KubernetesVersion>> kubernetes,
            long podId,
            RandomGenerator random,
            Pause pause) {
        this.kas = AgentRegistrarGrpc.newBlockingStub(channel);
        this.self = self;
        this.kubernetes = kubernetes;
        this.podId = podId;
        this.random = random;
        this.pause = pause;
    }

    /** Completes when kas has taken this pod for the first time: the connection stands and the token is good. */
    public CompletionStage<Void> first() {
        return first;
    }

    @Override
    public void start() {
        thread = VirtualThreads.start("registration", this::run);
    }

    private void run() {
        int failures = 0;
        try {
            while (!Thread.interrupted()) {
                if (register()) {
                    failures = 0;
                    pause.sleep(PERIOD);
                } else {
                    failures++;
                    pause.sleep(BACKOFF.afterFailures(failures, random));
                }
            }
        } catch (InterruptedException e) {
            // close() ends the loop so; there is nobody else to tell.
            Thread.currentThread().interrupt();
        }
    }

    private boolean register() {
        try {
            AgentMeta.Builder meta = self.toBuilder();
            kubernetes.get().ifPresent(meta::setKubernetesVersion);
            kas.withDeadlineAfter(CALL_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS)
                    .withWaitForReady()
                    .register(RegisterRequest.newBuilder()
                            .setAgentMeta(meta)
                            .setPodId(podId)
                            .build());
            registered = true;
            first.complete(null);
            return true;
        } catch (StatusRuntimeException e) {
            if (!Thread.currentThread().isInterrupted()) {
                log.warn("this pod could not be registered at kas: {}", e.getStatus());
            }
            return false;
        } catch (RuntimeException e) {
            // The loop must outlive what nobody foresaw: without it kas would forget this pod.
            log.error("this pod could not be registered at kas", e);
            return false;
        }
    }

    @Override
    public void close() throws InterruptedException {
        Thread running = thread;
        if (running == null) {
            return;
        }
        running.interrupt();
        running.join(GOODBYE_TIMEOUT);
        if (registered) {
            sayGoodbye();
        }
    }

    /** A courtesy: a kas before 17.4 does not know the method, and one that hears nothing forgets the pod by itself. */
    private void sayGoodbye() {
        try {
            kas.withDeadlineAfter(GOODBYE_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS)
                    .unregister(UnregisterRequest.newBuilder()
                            .setAgentMeta(self)
                            .setPodId(podId)
                            .build());
        } catch (StatusRuntimeException e) {
            log.debug("kas did not take the goodbye: {}", e.getStatus());
        }
    }
}
