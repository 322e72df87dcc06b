package io.fairlead.link.flux.agent;

import io.fairlead.agentcfg.AgentConfiguration;
import io.fairlead.base.error.FairleadException;
import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.retry.Backoff;
import io.fairlead.base.thread.VirtualThreads;
import io.fairlead.base.time.Deadline;
import io.fairlead.link.flux.rpc.GitLabFluxGrpc;
import io.fairlead.link.flux.rpc.Project;
import io.fairlead.link.flux.rpc.ReconcileProjectsRequest;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes Flux look at a repository as soon as it was pushed to, on three virtual threads: one looks which repositories Flux
 * follows, one has a stream of pushes from kas, one tells Flux.
 *
 * <p>The stream's states: <b>idle</b> (nothing to follow) → <b>open</b> with a set of projects → idle or open, when the set
 * is another; after a failure it waits first. All of an agent's pods hear, so that the next leader need not begin to. A push while no stream is open is found by Flux at its own interval.
 */
public final class FluxTrigger implements Stage {
    static final Backoff BACKOFF =
            new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(2), 2, 0.5, Duration.ofMinutes(10));

    /** From one look at the cluster's sources to the next: so long a new source waits until its pushes count. */
    static final Duration LOOK_PERIOD = Duration.ofSeconds(15);

    /** Tries to tell Flux of one push. */
    static final int TELLING_MAX = 3;

    private static final Duration STREAM_MIN = Duration.ofSeconds(1);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);
    private static final Logger log = LoggerFactory.getLogger(FluxTrigger.class);

    /** Waits; tests pass one that does not. */
    @FunctionalInterface
    interface Pause {
        void sleep(Duration time) throws InterruptedException;
    }

    private final GitLabFluxGrpc.GitLabFluxBlockingStub kas;
    private final GitSources cluster;
    private final BooleanSupplier leading;
    private final RandomGenerator random;
    private final Pause pause;
    private final Context.CancellableContext context = Context.ROOT.withCancellation();
    private final Set<Thread> threads = new LinkedHashSet<>();

    private Optional<ForgeAddress> forge = Optional.empty();
    private boolean looking;
    private FollowedSources followed = FollowedSources.NONE;
    private Context.@Nullable CancellableContext stream;
    /** Projects that were pushed to and that Flux is to be told of; each once. */
    private final Set<String> due = new LinkedHashSet<>();

    private String lastProblem = "";

    /**
     * @param channel to kas, with the agent's token on every call
     * @param leading whether this of the agent's pods is the one that tells Flux
     */
    public FluxTrigger(Channel channel, GitSources cluster, BooleanSupplier leading, RandomGenerator random) {
        this(channel, cluster, leading, random, Deadline::pause);
    }

    FluxTrigger(Channel channel, GitSources cluster, BooleanSupplier leading, RandomGenerator random, Pause pause) {
        this.kas = GitLabFluxGrpc.newBlockingStub(channel).withWaitForReady();
        this.cluster = cluster;
        this.leading = leading;
        this.random = random;
        this.pause = pause;
    }

    /** Takes over where the forge is, and whether Flux is to be told at all ({@code flux.enabled}, unless false). */
    public synchronized void configured(AgentConfiguration configuration) {
        boolean wanted =
                !configuration.getFlux().hasEnabled() || configuration.getFlux().getEnabled();
        Optional<ForgeAddress> address =
                wanted ? ForgeAddress.of(configuration.getGitlabExternalUrl()) : Optional.empty();
        if (!address.equals(forge)) {
            forge = address;
            looking = true;
            notifyAll();
        }
    }

    @Override
    public void start() {
        threads.add(VirtualThreads.start("flux-sources", () -> run(this::look)));
        threads.add(VirtualThreads.start("flux-pushes", context.wrap(() -> run(this::hear))));
        threads.add(VirtualThreads.start("flux-reconcile", () -> run(this::tell)));
    }

    private interface Work {
        void run() throws InterruptedException;
    }

    private void run(Work work) {
        try {
            while (!context.isCancelled()) {
                work.run();
            }
        } catch (InterruptedException e) {
            // close() ends it so; there is nobody else to tell.
            Thread.currentThread().interrupt();
        }
    }

    // The cluster's sources.

    private void look() throws InterruptedException {
        Optional<ForgeAddress> address;
        synchronized (this) {
            looking = false;
            address = forge;
        }
        try {
            follow(address.isEmpty() ? FollowedSources.NONE : FollowedSources.of(address.get(), cluster.list()));
            noProblem();
        } catch (FairleadException e) {
            problem(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            log.error("Flux's sources could not be looked at", e);
        }
        Deadline next = Deadline.in(Duration.ofMillis((long) (LOOK_PERIOD.toMillis() * (1 + random.nextDouble() / 4))));
        synchronized (this) {
            while (!looking && !next.passed()) {
                wait(Math.max(1, next.remaining().toMillis()));
            }
        }
    }

    /** What stays wrong is said once. */
    private synchronized void problem(String text) {
        if (!text.equals(lastProblem)) {
            lastProblem = text;
            log.warn(
                    "Flux cannot be told of pushes, and finds them at its own interval: {}; the manifest of \"fairlead"
                            + " agent manifest --flux\" has the rights for it, --no-flux ends this",
                    text);
        }
    }

    private synchronized void noProblem() {
        lastProblem = "";
    }

    private void follow(FollowedSources found) {
        Context.CancellableContext old = null;
        synchronized (this) {
            if (!found.keys().equals(followed.keys())) {
                log.info("Flux follows {} of the forge's projects", found.keys().size());
                old = stream;
                stream = null;
                notifyAll();
            }
            followed = found;
        }
        if (old != null) {
            old.cancel(null);
        }
    }

    // Pushes.

    private int failures;

    private void hear() throws InterruptedException {
        ReconcileProjectsRequest.Builder request = ReconcileProjectsRequest.newBuilder();
        Context.CancellableContext opened;
        synchronized (this) {
            while (followed.keys().isEmpty()) {
                wait();
            }
            followed.projects()
                    .values()
                    .forEach(path -> request.addProject(Project.newBuilder().setId(path)));
            opened = context.withCancellation();
            stream = opened;
        }
        Status end = stream(opened, request.build());
        boolean replaced;
        synchronized (this) {
            replaced = stream != opened;
        }
        opened.cancel(null);
        if (replaced || context.isCancelled()) {
            return;
        }
        if (end.isOk()) {
            failures = 0;
            pause.sleep(STREAM_MIN);
        } else {
            log.warn("pushes cannot be heard of from kas, Flux finds them at its own interval: {}", end);
            pause.sleep(BACKOFF.afterFailures(++failures, random));
        }
    }

    private Status stream(Context.CancellableContext opened, ReconcileProjectsRequest request) {
        Context before = opened.attach();
        try {
            var pushes = kas.reconcileProjects(request);
            while (pushes.hasNext()) {
                failures = 0;
                pushed(pushes.next().getProject().getId());
            }
            return Status.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus();
        } catch (RuntimeException e) {
            log.error("the stream of pushes failed", e);
            return Status.INTERNAL.withDescription("see the error above").withCause(e);
        } finally {
            opened.detach(before);
        }
    }

    private synchronized void pushed(String project) {
        // What kas names beyond what was asked for is nothing of Flux's.
        if (leading.getAsBoolean() && followed.keys().contains(FollowedSources.key(project))) {
            due.add(project);
            notifyAll();
        }
    }

    /** How many projects Flux is still to be told of. */
    synchronized int waiting() {
        return due.size();
    }

    // Telling Flux.

    private void tell() throws InterruptedException {
        String project;
        FollowedSources known;
        synchronized (this) {
            while (due.isEmpty()) {
                wait();
            }
            project = due.iterator().next();
            due.remove(project);
            known = followed;
        }
        for (GitSource source : known.of(project)) {
            tell(project, source);
        }
    }

    private void tell(String project, GitSource source) throws InterruptedException {
        for (int tries = 1; ; tries++) {
            try {
                if (cluster.reconcile(source)) {
                    log.info("{} was pushed to: Flux looks at {} now", project, source);
                }
                return;
            } catch (FairleadException e) {
                if (tries == TELLING_MAX) {
                    problem(String.valueOf(e.getMessage()));
                    return;
                }
            } catch (RuntimeException e) {
                log.error("Flux could not be told of a push to {}", project, e);
                return;
            }
            pause.sleep(BACKOFF.afterFailures(tries, random));
        }
    }

    @Override
    public void close() throws InterruptedException {
        context.cancel(null);
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            thread.join(STOP_TIMEOUT);
        }
    }
}
