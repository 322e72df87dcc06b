package io.fairlead.forge.imports;

import io.fairlead.base.lifecycle.Stage;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Caller;
import io.fairlead.forge.git.ImportFailure;
import io.fairlead.forge.git.Pusher;
import io.fairlead.forge.git.RemoteImport;
import io.fairlead.forge.imports.ProjectImport.Status;
import io.fairlead.forge.project.ImportStart;
import io.fairlead.forge.project.Project;
import io.fairlead.forge.project.ProjectQueries;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills new projects with what is in repositories elsewhere, two at a time. Names and passwords for elsewhere are in memory
 * alone, so what is not done when the process ends has failed, and says so.
 */
public final class Imports implements ImportStart, Stage {
    private static final Logger log = LoggerFactory.getLogger(Imports.class);
    private static final int WORKERS = 2;
    private static final int WAITING_MAX = 100;
    private static final Duration LOOK_PERIOD = Duration.ofMillis(500);
    private static final Duration STOP_MAX = Duration.ofSeconds(5);
    private static final String STOPPED = "the server was stopped before it was done; import it again";

    private final ImportQueries queries;
    private final ProjectQueries projects;
    private final RemoteImport remote;
    private final ThreadFactory threads;
    private final BlockingQueue<Task> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
    private final List<Thread> workers = new ArrayList<>();
    private volatile boolean closed;

    private record Task(long projectId, Pusher pusher, ImportSource source) {}

    /** @param threads make the threads that work: they compute for long, so no virtual ones */
    public Imports(ImportQueries queries, ProjectQueries projects, RemoteImport remote, ThreadFactory threads) {
        this.queries = queries;
        this.projects = projects;
        this.remote = remote;
        this.threads = threads;
    }

    @Override
    public void start() {
        queries.failUnfinished(STOPPED);
        for (int i = 0; i < WORKERS; i++) {
            Thread thread = threads.newThread(this::work);
            workers.add(thread);
            thread.start();
        }
    }

    @Override
    public Consumer<Project> prepare(String url, Caller.Person person) {
        ImportSource source = ImportSource.read(url)
                .orElseThrow(() -> ApiError.invalid(
                        "import_url",
                        "must be an http or https address without query, on port 80, 443 or one above 1023"));
        if (waiting.remainingCapacity() == 0) {
            throw ApiError.error(503, "too many imports wait, try again later", Map.of("Retry-After", "60"));
        }
        Pusher pusher = new Pusher.Person(person.userId(), person.username(), person.admin());
        return project -> {
            queries.schedule(project.id(), source.url().toString());
            if (!waiting.offer(new Task(project.id(), pusher, source))) {
                queries.change(project.id(), Status.FAILED, "too many imports wait; import it again later");
            }
        };
    }

    @Override
    public String status(long projectId) {
        return queries.of(projectId).map(known -> known.status().text()).orElse("none");
    }

    private void work() {
        try {
            while (!closed) {
                Task task = waiting.poll(LOOK_PERIOD.toMillis(), TimeUnit.MILLISECONDS);
                if (task != null) {
                    run(task);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(Task task) {
        Optional<Project> project = projects.byId(task.projectId());
        if (project.isEmpty()) {
            return;
        }
        String path = project.get().fullPath();
        try {
            queries.change(task.projectId(), Status.STARTED, null);
            remote.run(
                    project.get(),
                    task.pusher(),
                    task.source().url(),
                    task.source().signIn(),
                    () -> closed);
            queries.change(task.projectId(), Status.FINISHED, null);
            log.info("project {} was imported from {}", path, task.source().url());
        } catch (ImportFailure e) {
            log.info(
                    "project {} could not be imported from {}: {}",
                    path,
                    task.source().url(),
                    e.getMessage());
            failed(task, "Import failed: " + e.getMessage());
        } catch (RuntimeException e) {
            log.warn(
                    "project {} could not be imported from {}",
                    path,
                    task.source().url(),
                    e);
            failed(task, "Import failed: the server could not do it; its log says why");
        }
    }

    private void failed(Task task, String why) {
        if (!closed) {
            queries.change(task.projectId(), Status.FAILED, why);
        }
    }

    /** What is not done after a few seconds is given up; the next start says so. */
    @Override
    public void close() throws InterruptedException {
        closed = true;
        for (Thread worker : workers) {
            worker.join(STOP_MAX);
        }
    }
}
