package io.fairlead.link.configuration.kas;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.retry.Backoff;
import io.fairlead.gitlab.gitaly.GitalyException;
import io.fairlead.gitlab.gitaly.Head;
import io.fairlead.link.identity.AgentInfo;
import io.fairlead.link.identity.AgentTokens;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at one project's repository for all streams of all its agents. {@link ProjectConfigurations} calls {@link #look}
 * from one virtual thread, again after the time it returns or when something happened.
 *
 * <p>What it keeps belongs to that thread: the readings of the commit at which the project stood last.
 */
final class ProjectWatch {
    /** kas 16.5: after a failure, between these. */
    static final Backoff BACKOFF =
            new Backoff(Duration.ofSeconds(10), Duration.ofMinutes(1), 2, 0.5, Duration.ofMinutes(10));

    private static final Logger log = LoggerFactory.getLogger(ProjectWatch.class);

    /** Tells GitLab what a configuration says. Blocks. */
    @FunctionalInterface
    interface Reports {
        void report(AgentInfo agent, Reading.Configured reading);
    }

    private static final class Kept {
        private final Reading reading;
        private boolean reported;

        Kept(Reading reading) {
            this.reading = reading;
        }
    }

    private final ConfigurationSource source;
    private final AgentTokens tokens;
    private final Reports reports;
    private final Duration period;
    private final RandomGenerator random;
    /** By the agent's id, all of one commit. */
    private final Map<Long, Kept> readings = new HashMap<>();

    private String commit = "";
    private int failures;

    ProjectWatch(
            ConfigurationSource source, AgentTokens tokens, Reports reports, Duration period, RandomGenerator random) {
        this.source = source;
        this.tokens = tokens;
        this.reports = reports;
        this.period = period;
        this.random = random;
    }

    /** Brings every subscriber up to date; returns how long to wait before the next look. */
    Duration look(List<Subscriber> subscribers) {
        List<Subscriber> known = stillKnown(subscribers);
        if (known.isEmpty()) {
            return period;
        }
        try {
            lookFor(known);
            failures = 0;
            return period;
        } catch (FairleadException e) {
            failures++;
            log.warn(
                    "configuration of project {} cannot be read now: {}",
                    known.getFirst().agent().projectPath(),
                    e.getMessage());
            return BACKOFF.afterFailures(failures, random);
        }
    }

    /** Asks GitLab about all tokens at once (mostly answered from memory) and ends the streams of those that are refused. */
    private List<Subscriber> stillKnown(List<Subscriber> subscribers) {
        List<CompletableFuture<AgentInfo>> answers = new ArrayList<>();
        subscribers.forEach(subscriber ->
                answers.add(tokens.authenticate(subscriber.token()).toCompletableFuture()));
        List<Subscriber> known = new ArrayList<>();
        for (int i = 0; i < subscribers.size(); i++) {
            Subscriber subscriber = subscribers.get(i);
            try {
                subscriber.agent(answers.get(i).join());
                known.add(subscriber);
            } catch (CompletionException e) {
                Status status = Status.fromThrowable(e);
                if (status.getCode() == Status.Code.UNAVAILABLE) {
                    // GitLab is away for a moment: what it said last is good enough to go on.
                    known.add(subscriber);
                } else {
                    subscriber.failed(status);
                }
            }
        }
        return known;
    }

    private void lookFor(List<Subscriber> subscribers) {
        switch (source.head(subscribers.getFirst().agent())) {
            case Head.EmptyRepository() -> {}
            case Head.RefNotFound() ->
                subscribers.forEach(subscriber -> subscriber.failed(Status.NOT_FOUND.withDescription(
                        "project " + subscriber.agent().projectPath() + " has no branch "
                                + subscriber.agent().defaultBranch() + ", main or master")));
            case Head.Commit(String ref, String id) -> {
                if (!id.equals(commit)) {
                    readings.clear();
                    commit = id;
                }
                FairleadException failure = null;
                for (Subscriber subscriber : subscribers) {
                    try {
                        bringUpToDate(subscriber);
                    } catch (GitalyException e) {
                        failure = e;
                    }
                }
                readings.keySet()
                        .retainAll(subscribers.stream()
                                .map(subscriber -> subscriber.agent().agentId())
                                .toList());
                reportAll(subscribers);
                if (failure != null) {
                    throw failure;
                }
            }
        }
    }

    private void bringUpToDate(Subscriber subscriber) {
        if (subscriber.commit().equals(commit)) {
            return;
        }
        AgentInfo agent = subscriber.agent();
        Kept kept = readings.get(agent.agentId());
        if (kept == null) {
            kept = new Kept(source.read(agent, commit));
            readings.put(agent.agentId(), kept);
        }
        switch (kept.reading) {
            case Reading.Configured configured -> subscriber.configured(configured);
            case Reading.Refused refused -> subscriber.failed(refused.status());
        }
    }

    /** After the agents have it, because GitLab may be slow; one that fails is tried again at the next look. */
    private void reportAll(List<Subscriber> subscribers) {
        for (Subscriber subscriber : subscribers) {
            Kept kept = readings.get(subscriber.agent().agentId());
            if (kept != null && !kept.reported && kept.reading instanceof Reading.Configured configured) {
                try {
                    reports.report(subscriber.agent(), configured);
                    kept.reported = true;
                } catch (FairleadException e) {
                    log.warn(
                            "GitLab does not know the configuration of agent {} yet: {}",
                            subscriber.agent().agentName(),
                            e.getMessage());
                }
            }
        }
    }
}
