package io.fairlead.forge.hook;

import io.fairlead.base.ids.RandomIds;
import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.log.SummedLog;
import io.fairlead.base.retry.Backoff;
import io.fairlead.base.time.Scheduler;
import io.fairlead.forge.environment.Deployment;
import io.fairlead.forge.environment.DeploymentListener;
import io.fairlead.forge.git.PushEvent;
import io.fairlead.forge.git.PushListener;
import io.fairlead.forge.hook.HookSender.Outcome;
import io.fairlead.forge.project.Project;
import io.fairlead.forge.project.ProjectQueries;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls hooks, on a few threads of its own: looking up a name may block one for long, so they are no virtual ones.
 *
 * <p>A call that finds nobody, or is answered 429 or 5xx, is made {@value #TRIES_MAX} times, each time with the same
 * {@code Idempotency-Key}. What waits is in memory: it is lost when the process ends, and dropped when too much waits, of
 * one project or of all. Projects take turns.
 */
public final class HookDelivery implements PushListener, DeploymentListener, Stage {
    private static final Logger log = LoggerFactory.getLogger(HookDelivery.class);
    private static final int THREADS = 4;
    /** Of one project, so that its hooks to whom never answers leave threads to others. */
    private static final int RUNNING_EACH_MAX = 2;

    private static final int WAITING_EACH_MAX = 100;
    private static final int WAITING_MAX = 1_000;
    static final int TRIES_MAX = 3;
    /** More references in one push are told to nobody, as GitLab has it. */
    private static final int REFS_MAX = 3;

    /** One call, the same at each try. */
    private record Call(Hook hook, String id, Map<String, String> headers, byte[] body) {}

    private final HookQueries hooks;
    private final ProjectQueries projects;
    private final HookPayloads payloads;
    private final HookSender sender;
    private final RandomIds ids;
    private final RandomGenerator random;
    private final InstantSource clock;
    private final String instance;
    private final Backoff backoff;
    private final ProjectTurns waiting = new ProjectTurns(RUNNING_EACH_MAX, WAITING_EACH_MAX, WAITING_MAX);
    private final SummedLog dropped = new SummedLog(log);
    private final Scheduler scheduler;
    private final ThreadFactory factory;
    private final List<Thread> threads = new ArrayList<>();

    /**
     * What calls are made with.
     *
     * @param threads makes the threads that call, and that may be blocked for long
     */
    public record Means(
            HookAddresses addresses,
            RandomIds ids,
            RandomGenerator random,
            InstantSource clock,
            Scheduler scheduler,
            ThreadFactory threads) {}

    /** @param retryAfter the wait before the second try; later ones wait longer */
    public HookDelivery(
            HookQueries hooks, ProjectQueries projects, HookSources sources, Means means, Duration retryAfter) {
        this.hooks = hooks;
        this.projects = projects;
        this.payloads = new HookPayloads(sources.users(), sources.repositories(), sources.urls());
        this.sender = new HookSender(means.addresses, means.scheduler);
        this.scheduler = means.scheduler;
        this.factory = means.threads;
        this.ids = means.ids;
        this.random = means.random;
        this.clock = means.clock;
        this.instance = sources.instance();
        this.backoff = new Backoff(retryAfter, retryAfter.multipliedBy(10), 3, 0.3, Duration.ZERO);
    }

    @Override
    public void start() {
        for (int i = 0; i < THREADS; i++) {
            Thread thread = factory.newThread(this::work);
            threads.add(thread);
            thread.start();
        }
    }

    /** What still waits is dropped. */
    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
    }

    @Override
    public void pushed(PushEvent event) {
        if (event.updates().size() > REFS_MAX) {
            return;
        }
        for (PushEvent.Update update : event.updates()) {
            if (update.ref().startsWith(HookEvent.Push.HEADS)) {
                tell(event.projectId(), new HookEvent.Push(event.pusher(), update, event.options()));
            } else if (update.ref().startsWith(HookEvent.TagPush.TAGS)) {
                tell(event.projectId(), new HookEvent.TagPush(event.pusher(), update, event.options()));
            }
        }
    }

    @Override
    public void changed(Deployment deployment) {
        tell(deployment.projectId(), new HookEvent.Deployed(deployment));
    }

    private void tell(long projectId, HookEvent event) {
        soon(projectId, () -> {
            for (Hook hook : hooks.ofProject(projectId)) {
                if (event.wantedBy(hook) && hook.alert(clock.instant()) == Hook.Alert.EXECUTABLE) {
                    projects.byId(projectId)
                            .map(project -> call(project, hook, event))
                            .ifPresent(call -> soon(projectId, () -> attempt(call, 1)));
                }
            }
        });
    }

    /** Makes one call now and waits for it, whatever the hook did before. */
    Outcome once(Project project, Hook hook, HookEvent event) {
        Call call = call(project, hook, event);
        Outcome outcome = post(call);
        note(hook, outcome);
        return outcome;
    }

    private Call call(Project project, Hook hook, HookEvent event) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("User-Agent", "Fairlead");
        String id = uuid();
        headers.put("Idempotency-Key", id);
        headers.put("X-Gitlab-Event", event.header());
        headers.put("X-Gitlab-Webhook-UUID", uuid());
        headers.put("X-Gitlab-Event-UUID", uuid());
        headers.put("X-Gitlab-Instance", instance);
        hook.settings().token().ifPresent(token -> headers.put("X-Gitlab-Token", token));
        return new Call(hook, id, headers, payloads.of(project, event));
    }

    private Outcome post(Call call) {
        Map<String, String> headers = new LinkedHashMap<>(call.headers);
        call.hook.settings().signingKey().ifPresent(key -> {
            long now = clock.instant().getEpochSecond();
            headers.put("webhook-id", call.id);
            headers.put("webhook-timestamp", Long.toString(now));
            headers.put("webhook-signature", key.signature(call.id, now, call.body));
        });
        return sender.post(call.hook.settings().url(), headers, call.body);
    }

    private void attempt(Call call, int attempt) {
        if (!mayBeCalled(call.hook)) {
            return;
        }
        Outcome outcome = post(call);
        if (!outcome.good() && outcome.worthAnotherTry() && attempt < TRIES_MAX) {
            later(call.hook.projectId(), backoff.afterFailures(attempt, random), () -> attempt(call, attempt + 1));
            return;
        }
        if (!outcome.good()) {
            log.info("hook {} of project {} failed: {}", call.hook.id(), call.hook.projectId(), outcome);
        }
        note(call.hook, outcome);
    }

    /** It may have been removed, or have failed too often, while the call waited. */
    private boolean mayBeCalled(Hook hook) {
        return hooks.byId(hook.projectId(), hook.id())
                .filter(now -> now.alert(clock.instant()) == Hook.Alert.EXECUTABLE)
                .isPresent();
    }

    /** By what the hook is now: others may have failed or gone well meanwhile. */
    private void note(Hook before, Outcome outcome) {
        Optional<Hook> now = hooks.byId(before.projectId(), before.id());
        if (now.isEmpty() || (outcome.good() && now.get().failures() == 0)) {
            return;
        }
        int failures = outcome.good() ? 0 : now.get().failures() + 1;
        hooks.note(before.id(), failures, Hook.rest(failures).map(clock.instant()::plus));
    }

    private void soon(long projectId, Runnable work) {
        if (!waiting.offer(projectId, work)) {
            dropped(projectId);
        }
    }

    private void later(long projectId, Duration delay, Runnable work) {
        if (waiting.postpone(projectId)) {
            scheduler.schedule(delay, () -> waiting.resume(projectId, work));
        } else {
            dropped(projectId);
        }
    }

    private void dropped(long projectId) {
        dropped.warn("too many calls of hooks wait: one of project " + projectId + " was dropped");
    }

    private void work() {
        try {
            while (true) {
                ProjectTurns.Turn turn = waiting.take();
                try {
                    turn.work().run();
                } catch (RuntimeException e) {
                    log.error("a call of a hook of project {} could not be made", turn.project(), e);
                } finally {
                    waiting.done(turn);
                }
            }
        } catch (InterruptedException e) {
            // The only interruption is that of close.
            Thread.currentThread().interrupt();
        }
    }

    /** Random, of version 4. */
    private String uuid() {
        ByteBuffer bytes = ByteBuffer.wrap(ids.bytes(16));
        long high = (bytes.getLong() & ~0xf000L) | 0x4000L;
        long low = (bytes.getLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }
}
