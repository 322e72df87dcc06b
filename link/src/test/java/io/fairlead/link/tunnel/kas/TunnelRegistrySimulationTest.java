package io.fairlead.link.tunnel.kas;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.base.time.Scheduler;
import io.fairlead.link.tunnel.rpc.AgentDescriptor;
import io.fairlead.link.tunnel.rpc.AgentFrame;
import io.fairlead.link.tunnel.rpc.Method;
import io.fairlead.link.tunnel.rpc.Service;
import io.fairlead.testing.property.Property;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random worlds of a few agents: whatever happens in whatever order, these stay true. */
class TunnelRegistrySimulationTest {
    private static final int AGENTS = 3;
    private static final int STEPS = 300;
    private static final int WAITING_MAX = 10;

    private final World time = new World();

    @Test
    void everyRequestGetsOneAnswerAndEveryStreamOneRequest() {
        Property.holds(100, any -> new TunnelRegistrySimulationTest().live(any.random()));
    }

    private void live(Random random) {
        TunnelRegistry registry = new TunnelRegistry(
                new TunnelRegistry.Limits(
                        Duration.ofSeconds(20), Duration.ofSeconds(1), Duration.ofSeconds(20), WAITING_MAX, 500),
                time,
                Clock.systemUTC());
        List<Stream> streams = new ArrayList<>();
        List<Asking> asking = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            switch (random.nextInt(9)) {
                case 0, 1 -> streams.add(open(registry, random.nextInt(AGENTS)));
                case 2, 3, 4 -> asking.add(ask(registry, random.nextInt(AGENTS)));
                case 5 -> pick(random, streams).forEach(stream -> stream.tunnel.onCancel());
                case 6 -> pick(random, streams).forEach(stream -> stream.tunnel.endIfIdle());
                case 7 ->
                    pick(random, asking).forEach(one -> {
                        if (one.outcomes == 0) {
                            one.cancelled = true;
                            one.waiting.cancel();
                        } else if (one.call != null && random.nextBoolean()) {
                            one.giveBack();
                        } else {
                            one.finish();
                        }
                    });
                case 8 -> time.advance(Duration.ofMillis(random.nextInt(3_000)));
                default -> throw new AssertionError();
            }
            check(registry, streams, asking);
        }
        time.advance(Duration.ofMinutes(1));
        for (Asking one : asking) {
            assertThat(one.outcomes).isEqualTo(one.cancelled ? 0 : 1);
            one.finish();
        }
        streams.forEach(stream -> stream.tunnel.onCancel());
        for (int agent = 0; agent < AGENTS; agent++) {
            assertThat(registry.streams(agent)).isZero();
            assertThat(registry.idleStreams(agent)).isZero();
        }
    }

    private static void check(TunnelRegistry registry, List<Stream> streams, List<Asking> asking) {
        Map<ServerTunnel, Asking> owners = new HashMap<>();
        int[] waiting = new int[AGENTS];
        for (Asking one : asking) {
            assertThat(one.outcomes).isLessThanOrEqualTo(1);
            if (one.outcomes == 0 && !one.cancelled) {
                waiting[one.agent]++;
            }
            if (one.call != null && !one.over) {
                assertThat(owners.put(one.call, one))
                        .as("a stream that serves two")
                        .isNull();
            }
        }
        for (int agent = 0; agent < AGENTS; agent++) {
            int id = agent;
            long open = streams.stream()
                    .filter(stream -> stream.agent == id && !stream.tunnel.hasEnded())
                    .count();
            assertThat(registry.streams(agent)).isEqualTo((int) open);
            assertThat(registry.idleStreams(agent)).isLessThanOrEqualTo((int) open);
            assertThat(waiting[agent]).isLessThanOrEqualTo(WAITING_MAX);
            assertThat(waiting[agent] == 0 || registry.idleStreams(agent) == 0)
                    .as("a request waits beside a free stream")
                    .isTrue();
        }
        for (Stream stream : streams) {
            Asking owner = owners.get(stream.tunnel);
            assertThat(owner == null || owner.agent == stream.agent)
                    .as("another agent's stream")
                    .isTrue();
        }
    }

    private static <T> List<T> pick(Random random, List<T> from) {
        return from.isEmpty() ? List.of() : List.of(from.get(random.nextInt(from.size())));
    }

    private static Stream open(TunnelRegistry registry, int agent) {
        ServerTunnel tunnel = new ServerTunnel(new FakeServerCall(), registry);
        tunnel.authenticated(agent, "agent-" + agent);
        tunnel.onMessage(new AgentFrame.Describe(AgentDescriptor.newBuilder()
                .addServices(Service.newBuilder()
                        .setName("test.Service")
                        .addMethods(Method.newBuilder().setName("Call")))
                .build()));
        return new Stream(agent, tunnel);
    }

    private static Asking ask(TunnelRegistry registry, int agent) {
        Asking asking = new Asking(agent);
        asking.waiting = registry.acquire(agent, "test.Service", "Call", asking);
        return asking;
    }

    private record Stream(int agent, ServerTunnel tunnel) {}

    private static final class Asking implements TunnelWaiter, TunnelListener {
        final int agent;
        Tunnels.Waiting waiting = () -> {};
        int outcomes;
        boolean cancelled;
        boolean over;

        @Nullable ServerTunnel call;

        Asking(int agent) {
            this.agent = agent;
        }

        @Override
        public void onTunnel(TunnelCall found) {
            outcomes++;
            call = (ServerTunnel) found;
        }

        @Override
        public void onNoTunnel(NoTunnel reason) {
            outcomes++;
        }

        void giveBack() {
            ServerTunnel mine = call;
            if (mine != null && !over) {
                over = true;
                mine.giveBack();
            }
        }

        void finish() {
            ServerTunnel mine = call;
            if (mine != null && !over) {
                if (mine.open(new byte[0], this)) {
                    mine.cancel("done");
                }
                over = true;
            }
        }

        @Override
        public void onMessage(ByteBuf message) {
            message.release();
        }

        @Override
        public void onReady() {}

        @Override
        public void onEnd(Status status) {}
    }

    /** Time that moves when told to. */
    private static final class World implements Scheduler {
        private record Planned(long at, long order, Runnable task) {}

        private final PriorityQueue<Planned> planned =
                new PriorityQueue<>(Comparator.comparingLong(Planned::at).thenComparingLong(Planned::order));
        private long now;
        private long order;

        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public Scheduled schedule(Duration delay, Runnable task) {
            Planned plan = new Planned(now + delay.toNanos(), order++, task);
            planned.add(plan);
            return () -> planned.remove(plan);
        }

        void advance(Duration by) {
            long until = now + by.toNanos();
            while (!planned.isEmpty() && planned.peek().at <= until) {
                Planned next = planned.remove();
                now = next.at;
                next.task.run();
            }
            now = until;
        }
    }
}
