package io.fairlead.testing.time;

import io.fairlead.base.time.Scheduler;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** Time that stands until the test moves it. Due tasks run on the test's thread. */
public final class ManualTime implements Scheduler {
    private record Planned(long atNanos, Runnable task) {}

    private final List<Planned> planned = new ArrayList<>();
    private Instant now = Instant.parse("2026-11-23T05:00:00Z");
    private long nanos;

    @Override
    public synchronized long nanoTime() {
        return nanos;
    }

    @Override
    public synchronized Scheduled schedule(Duration delay, Runnable task) {
        Planned plan = new Planned(nanos + delay.toNanos(), task);
        planned.add(plan);
        return () -> {
            synchronized (ManualTime.this) {
                planned.remove(plan);
            }
        };
    }

    /** How many tasks are planned. */
    public synchronized int planned() {
        return planned.size();
    }

    public void pass(Duration time) {
        List<Planned> due;
        synchronized (this) {
            nanos += time.toNanos();
            now = now.plus(time);
            due = planned.stream().filter(plan -> plan.atNanos() <= nanos).toList();
            planned.removeAll(due);
        }
        due.forEach(plan -> plan.task().run());
    }

    public Clock clock() {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                synchronized (ManualTime.this) {
                    return now;
                }
            }
        };
    }
}
