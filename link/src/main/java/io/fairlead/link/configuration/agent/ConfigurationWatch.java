package io.fairlead.link.configuration.agent;

import io.fairlead.agentcfg.AgentConfiguration;
import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.retry.Backoff;
import io.fairlead.base.thread.VirtualThreads;
import io.fairlead.base.time.Deadline;
import io.fairlead.base.time.Scheduler;
import io.fairlead.link.configuration.rpc.AgentConfigurationGrpc;
import io.fairlead.link.configuration.rpc.ConfigurationRequest;
import io.fairlead.link.configuration.rpc.ConfigurationResponse;
import io.fairlead.link.entity.AgentMeta;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows this agent's configuration at kas, on one virtual thread, for as long as the process runs.
 *
 * <p>States: asking (a stream is open, perhaps still looking for a connection) and waiting (after a failure). kas ends
 * streams with OK when their connection is old; then the next one is opened at once with the commit that was seen last.
 */
public final class ConfigurationWatch implements Stage {
    static final Backoff BACKOFF =
            new Backoff(Duration.ofSeconds(10), Duration.ofMinutes(5), 2, 0.5, Duration.ofMinutes(10));

    /** A stream that ends well sooner than this brings nothing, and opening the next at once would go in circles. */
    static final Duration STREAM_MIN = Duration.ofSeconds(1);

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);
    private static final Logger log = LoggerFactory.getLogger(ConfigurationWatch.class);

    /** Is told of each new configuration, on the watch's thread, one after the other. */
    @FunctionalInterface
    public interface Listener {
        void configured(AgentConfiguration configuration, String commitId);
    }

    /** Waits; tests pass one that does not. */
    @FunctionalInterface
    interface Pause {
        void sleep(Duration time) throws InterruptedException;
    }

    private final AgentConfigurationGrpc.AgentConfigurationBlockingStub kas;
    private final AgentMeta self;
    private final Listener listener;
    private final Scheduler time;
    private final RandomGenerator random;
    private final Pause pause;
    private final Context.CancellableContext context = Context.ROOT.withCancellation();
    private @Nullable Thread thread;
    private String commit = "";

    /** @param channel to kas, with the agent's token on every call */
    public ConfigurationWatch(
            Channel channel, AgentMeta self, Listener listener, Scheduler time, RandomGenerator random) {
        this(channel, self, listener, time, random, Deadline::pause);
    }

    ConfigurationWatch(
            Channel channel, AgentMeta self, Listener listener, Scheduler time, RandomGenerator random, Pause pause) {
        this.kas = AgentConfigurationGrpc.newBlockingStub(channel).withWaitForReady();
        this.self = self;
        this.listener = listener;
        this.time = time;
        this.random = random;
        this.pause = pause;
    }

    @Override
    public void start() {
        thread = VirtualThreads.start("configuration-watch", context.wrap(this::run));
    }

    private void run() {
        int failures = 0;
        long failedAt = 0;
        try {
            while (!context.isCancelled()) {
                long began = time.nanoTime();
                Status end = stream();
                if (context.isCancelled()) {
                    return;
                }
                boolean well = end.isOk() && time.nanoTime() - began >= STREAM_MIN.toNanos();
                if (well) {
                    failures = 0;
                    continue;
                }
                if (!end.isOk()) {
                    log.warn("configuration cannot be had from kas: {}", end);
                }
                boolean longAgo =
                        time.nanoTime() - failedAt > BACKOFF.resetAfter().toNanos();
                failures = longAgo ? 1 : failures + 1;
                failedAt = time.nanoTime();
                pause.sleep(end.isOk() ? STREAM_MIN : BACKOFF.afterFailures(failures, random));
            }
        } catch (InterruptedException e) {
            // close() ends the loop so; there is nobody else to tell.
            Thread.currentThread().interrupt();
        }
    }

    private Status stream() {
        ConfigurationRequest request = ConfigurationRequest.newBuilder()
                .setCommitId(commit)
                .setAgentMeta(self)
                .setSkipRegister(true)
                .build();
        try {
            var answers = kas.getConfiguration(request);
            while (answers.hasNext()) {
                take(answers.next());
            }
            return Status.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus();
        } catch (RuntimeException e) {
            // The loop must outlive what nobody foresaw: without it this agent would keep an old configuration.
            log.error("the stream of configurations failed", e);
            return Status.INTERNAL.withDescription("see the error above").withCause(e);
        }
    }

    private void take(ConfigurationResponse answer) {
        if (answer.getCommitId().isEmpty() || !answer.hasConfiguration()) {
            log.error("kas sent a configuration without commit or content; it is ignored");
            return;
        }
        commit = answer.getCommitId();
        try {
            listener.configured(answer.getConfiguration(), commit);
        } catch (RuntimeException e) {
            log.error("configuration of commit {} was not taken", commit, e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        context.cancel(null);
        Thread running = thread;
        if (running != null) {
            running.interrupt();
            running.join(STOP_TIMEOUT);
        }
    }
}
