package io.fairlead.forge.hook;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Work that waits, of which projects have a piece done in turn: whose hooks lead to targets that never answer keeps itself
 * waiting, and others hardly. Safe for concurrent use.
 */
final class ProjectTurns {
    private final int runningEachMax;
    private final int waitingEachMax;
    private final int waitingMax;
    private int waiting;
    /** Of projects with something that waits or runs; whose turn it is next stands first. */
    private final Map<Long, Line> lines = new LinkedHashMap<>();

    private static final class Line {
        final Deque<Runnable> waiting = new ArrayDeque<>();
        /** Places kept for what is tried again later. */
        int postponed;

        int running;

        boolean empty() {
            return waiting.isEmpty() && postponed == 0 && running == 0;
        }
    }

    /** A piece of work to be done now; {@link #done} must follow. */
    record Turn(long project, Runnable work) {}

    /**
     * @param runningEachMax pieces of one project that are worked on at once
     * @param waitingEachMax of one project that wait, those that were postponed included
     * @param waitingMax of all
     */
    ProjectTurns(int runningEachMax, int waitingEachMax, int waitingMax) {
        this.runningEachMax = runningEachMax;
        this.waitingEachMax = waitingEachMax;
        this.waitingMax = waitingMax;
    }

    /** Whether there was room for it. */
    synchronized boolean offer(long project, Runnable work) {
        if (!postpone(project)) {
            return false;
        }
        resume(project, work);
        return true;
    }

    /** Keeps a place for what is to be done later, with {@link #resume}; false when there is none. */
    synchronized boolean postpone(long project) {
        Line known = lines.get(project);
        if (waiting >= waitingMax || (known != null && known.waiting.size() + known.postponed >= waitingEachMax)) {
            return false;
        }
        lines.computeIfAbsent(project, _ -> new Line()).postponed++;
        waiting++;
        return true;
    }

    /** What a place was kept for. */
    synchronized void resume(long project, Runnable work) {
        Line line = line(project);
        line.postponed--;
        line.waiting.addLast(work);
        notifyAll();
    }

    /** The next piece, when there is one. */
    synchronized Turn take() throws InterruptedException {
        while (true) {
            Optional<Turn> next = next();
            if (next.isPresent()) {
                return next.get();
            }
            wait();
        }
    }

    private Optional<Turn> next() {
        for (Map.Entry<Long, Line> each : lines.entrySet()) {
            Line line = each.getValue();
            if (!line.waiting.isEmpty() && line.running < runningEachMax) {
                long project = each.getKey();
                lines.remove(project);
                lines.put(project, line);
                line.running++;
                waiting--;
                return Optional.of(new Turn(project, line.waiting.removeFirst()));
            }
        }
        return Optional.empty();
    }

    synchronized void done(Turn turn) {
        Line line = line(turn.project);
        line.running--;
        if (line.empty()) {
            lines.remove(turn.project);
        }
        notifyAll();
    }

    private Line line(long project) {
        return Optional.ofNullable(lines.get(project))
                .orElseThrow(() -> new IllegalStateException("project " + project + " has nothing here"));
    }
}
