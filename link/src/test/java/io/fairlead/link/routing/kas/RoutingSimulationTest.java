package io.fairlead.link.routing.kas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.base.thread.VirtualThreads;
import io.fairlead.base.time.SystemScheduler;
import io.fairlead.gitlab.jwt.KasJwt;
import io.fairlead.gitlab.jwt.KasSecret;
import io.fairlead.link.routing.InMemoryKasBoard;
import io.fairlead.link.tunnel.OutgoingMessage;
import io.fairlead.link.tunnel.kas.NoTunnel;
import io.fairlead.link.tunnel.kas.TunnelCall;
import io.fairlead.link.tunnel.kas.TunnelListener;
import io.fairlead.link.tunnel.kas.TunnelStreams;
import io.fairlead.link.tunnel.kas.TunnelWaiter;
import io.fairlead.link.tunnel.kas.Tunnels;
import io.fairlead.testing.property.Property;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random worlds of three kas and a few agents that come, go, move and take each other's ids' places, while requests come to
 * every kas and the registry is away now and then. Whatever happens: a request reaches its agent, or nobody.
 */
class RoutingSimulationTest {
    private static final int AGENTS = 4;
    private static final int STEPS = 120;
    private static final String SERVICE = "test.Service";
    private static final String METHOD = "Call";

    @TempDir
    Path folder;

    @Test
    void noRequestEverReachesAnotherAgent() throws Exception {
        Path file =
                Files.writeString(folder.resolve("secret"), Base64.getEncoder().encodeToString(new byte[32]));
        KasJwt jwt = new KasJwt(KasSecret.read(file), Clock.systemUTC());
        Property.holds(12, any -> live(any.random(), jwt));
    }

    private void live(Random random, KasJwt jwt) throws Exception {
        try (SystemScheduler scheduler = new SystemScheduler("test-routing");
                ExecutorService threads = VirtualThreads.perTask("test-routing")) {
            InMemoryKasBoard board = new InMemoryKasBoard(Duration.ofSeconds(3), scheduler);
            List<Replica> replicas = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                replicas.add(new Replica("kas-" + i, board, jwt, SERVICE, METHOD, scheduler, threads).started());
            }
            List<TunnelStreams.Stream> streams = new ArrayList<>();
            List<Asking> asking = new ArrayList<>();
            boolean away = false;
            for (int step = 0; step < STEPS; step++) {
                Replica replica = replicas.get(random.nextInt(3));
                switch (random.nextInt(8)) {
                    case 0, 1 ->
                        streams.add(TunnelStreams.open(replica.tunnels, random.nextInt(AGENTS), SERVICE, METHOD));
                    case 2, 3, 4 -> asking.add(new Asking(random.nextInt(AGENTS)).ask(replica));
                    case 5 -> {
                        if (!streams.isEmpty()) {
                            streams.get(random.nextInt(streams.size())).lose();
                        }
                    }
                    case 6 -> {
                        if (!asking.isEmpty()) {
                            asking.get(random.nextInt(asking.size())).leave();
                        }
                    }
                    default -> {
                        if (random.nextInt(8) == 0) {
                            away = !away;
                            if (away) {
                                board.goAway();
                            } else {
                                board.comeBack();
                            }
                        }
                    }
                }
                check(streams);
            }
            if (away) {
                board.comeBack();
            }
            // Each gets an answer: with a tunnel for each agent at one kas nobody is left without.
            for (int agent = 0; agent < AGENTS; agent++) {
                for (Asking one : asking) {
                    if (one.agent == agent) {
                        streams.add(TunnelStreams.open(replicas.get(agent % 3).tunnels, agent, SERVICE, METHOD));
                    }
                }
            }
            for (Asking one : asking) {
                await().atMost(Duration.ofSeconds(15)).until(() -> one.left || one.outcomes.get() == 1);
            }
            check(streams);
            for (Asking one : asking) {
                assertThat(one.outcomes.get()).isLessThanOrEqualTo(1);
                one.leave();
            }
            for (Replica replica : replicas) {
                for (int agent = 0; agent < AGENTS; agent++) {
                    long id = agent;
                    await("every stream is free again or over")
                            .until(() -> replica.tunnels.idleStreams(id) == replica.tunnels.streams(id));
                }
            }
            replicas.forEach(Replica::close);
        }
    }

    /** What reached an agent's stream was meant for that agent, and for one request alone. */
    private static void check(List<TunnelStreams.Stream> streams) {
        for (TunnelStreams.Stream stream : streams) {
            List<String> heard = stream.heard();
            assertThat(heard).hasSizeLessThanOrEqualTo(1);
            assertThat(heard).allSatisfy(text -> assertThat(text).startsWith("for " + stream.agent() + " "));
        }
    }

    private static final class Asking implements TunnelWaiter, TunnelListener {
        private static final AtomicInteger NUMBERS = new AtomicInteger();
        final long agent;
        final AtomicInteger outcomes = new AtomicInteger();
        final List<TunnelCall> calls = new CopyOnWriteArrayList<>();
        volatile boolean left;
        private Tunnels.Waiting waiting = () -> {};

        Asking(long agent) {
            this.agent = agent;
        }

        Asking ask(Replica replica) {
            waiting = replica.router.acquire(agent, SERVICE, METHOD, this);
            return this;
        }

        void leave() {
            left = true;
            waiting.cancel();
            calls.forEach(call -> call.cancel("left"));
        }

        @Override
        public void onTunnel(TunnelCall call) {
            outcomes.incrementAndGet();
            if (left) {
                call.giveBack();
                return;
            }
            calls.add(call);
            if (call.open(new byte[0], this)) {
                call.send(OutgoingMessage.whole(
                        ("for " + agent + " number " + NUMBERS.incrementAndGet()).getBytes(StandardCharsets.UTF_8)));
                call.request(1);
            }
            if (left) {
                call.cancel("left");
            }
        }

        @Override
        public void onNoTunnel(NoTunnel reason) {
            outcomes.incrementAndGet();
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
}
