package io.fairlead.link.configuration.kas;

import io.fairlead.agentcfg.text.ProtoToJson;
import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.thread.VirtualThreads;
import io.fairlead.base.time.Scheduler;
import io.fairlead.gitlab.api.GitLabClient;
import io.fairlead.gitlab.gitaly.GitalyClient;
import io.fairlead.link.identity.AgentTokens;
import io.fairlead.link.notifications.ProjectPushes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The projects whose agents have streams open, each looked at once for all of them.
 *
 * <p>States of a project: looking (a virtual thread runs {@link ProjectWatch#look}), waiting (a timer runs), gone (no
 * streams). A push, a new stream and the timer lead from waiting to looking; while looking they lead to one more look.
 */
public final class ProjectConfigurations implements Stage {
    private static final Logger log = LoggerFactory.getLogger(ProjectConfigurations.class);

    private static final class Project {
        private final ProjectWatch watch;
        private final Set<Subscriber> subscribers = new LinkedHashSet<>();
        private boolean looking;
        private boolean again;
        private Scheduler.@Nullable Scheduled timer;

        Project(ProjectWatch watch) {
            this.watch = watch;
        }
    }

    private final AgentTokens tokens;
    private final ConfigurationSource source;
    private final ProjectWatch.Reports reports;
    private final ConfigurationConfig config;
    private final Scheduler time;
    private final RandomGenerator random;
    private final ExecutorService threads;
    /** Guards itself and everything in its projects but what the looking thread owns. */
    private final Map<Long, Project> projects = new HashMap<>();

    public ProjectConfigurations(
            AgentTokens tokens,
            GitalyClient gitaly,
            GitLabClient gitlab,
            ProjectPushes pushes,
            ConfigurationConfig config,
            Scheduler time,
            RandomGenerator random) {
        this.tokens = tokens;
        this.source = new ConfigurationSource(gitaly, config.fileBytesMax());
        this.reports =
                (agent, reading) -> gitlab.postAgentConfiguration(agent.agentId(), ProtoToJson.of(reading.file()));
        this.config = config;
        this.time = time;
        this.random = random;
        this.threads = VirtualThreads.perTask("configuration");
        pushes.listen(push -> wake(push.projectId()));
    }

    @Override
    public void start() {}

    ConfigurationConfig config() {
        return config;
    }

    /** From now on the subscriber hears of its agent's configuration, at once if it has not the newest. Does not block. */
    void add(Subscriber subscriber) {
        long id = subscriber.agent().projectId();
        synchronized (projects) {
            projects.computeIfAbsent(
                            id,
                            unknown ->
                                    new Project(new ProjectWatch(source, tokens, reports, config.pollPeriod(), random)))
                    .subscribers
                    .add(subscriber);
        }
        wake(id);
    }

    void remove(Subscriber subscriber) {
        synchronized (projects) {
            long id = subscriber.agent().projectId();
            Project project = projects.get(id);
            if (project != null && project.subscribers.remove(subscriber)) {
                dropIfIdle(id, project);
            }
        }
    }

    private void dropIfIdle(long id, Project project) {
        if (project.subscribers.isEmpty() && !project.looking) {
            if (project.timer != null) {
                project.timer.cancel();
            }
            projects.remove(id, project);
        }
    }

    private void wake(long id) {
        synchronized (projects) {
            Project project = projects.get(id);
            if (project == null) {
                return;
            }
            if (project.timer != null) {
                project.timer.cancel();
                project.timer = null;
            }
            project.again = true;
            if (!project.looking) {
                project.looking = true;
                try {
                    threads.execute(() -> look(id, project));
                } catch (RejectedExecutionException e) {
                    // kas stops; streams are being ended.
                    project.looking = false;
                }
            }
        }
    }

    private void look(long id, Project project) {
        boolean settled = false;
        try {
            while (!settled) {
                settled = lookOnce(id, project);
            }
        } finally {
            if (!settled) {
                synchronized (projects) {
                    settle(id, project);
                }
            }
        }
    }

    /** @return whether nothing came up meanwhile: the project waits then, or is gone */
    private boolean lookOnce(long id, Project project) {
        List<Subscriber> subscribers;
        synchronized (projects) {
            project.again = false;
            subscribers = new ArrayList<>(project.subscribers);
        }
        Duration wait = ProjectWatch.BACKOFF.max();
        try {
            wait = project.watch.look(subscribers);
        } catch (RuntimeException e) {
            if (!threads.isShutdown()) {
                log.error("a look at project {} failed unexpectedly", id, e);
            }
        }
        synchronized (projects) {
            if (project.again && !project.subscribers.isEmpty() && !threads.isShutdown()) {
                return false;
            }
            settle(id, project);
            if (!project.subscribers.isEmpty() && !threads.isShutdown()) {
                project.timer = time.schedule(wait, () -> wake(id));
            }
            return true;
        }
    }

    private void settle(long id, Project project) {
        project.looking = false;
        dropIfIdle(id, project);
    }

    /** How many projects are watched. */
    public int count() {
        synchronized (projects) {
            return projects.size();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        synchronized (projects) {
            projects.values().forEach(project -> {
                if (project.timer != null) {
                    project.timer.cancel();
                }
            });
            projects.clear();
        }
    }
}
