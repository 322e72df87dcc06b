package io.fairlead.link.registrar.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.link.entity.KubernetesVersion;
import io.fairlead.link.fake.Agents;
import io.fairlead.link.fake.LoopbackGrpc;
import io.fairlead.link.identity.kas.AgentCallAuth;
import io.fairlead.link.registrar.kas.RegistrarService;
import io.fairlead.link.tracker.kas.ConnectedAgents;
import io.fairlead.link.tracker.rpc.ConnectedAgentInfo;
import io.fairlead.testing.time.ManualTime;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class RegistrationTest {
    private final ManualTime time = new ManualTime();
    private final ConnectedAgents connected = new ConnectedAgents(time.clock());
    private volatile Status refusal = Status.OK;
    private final RegistrarService service = new RegistrarService(
            token -> refusal.isOk()
                    ? CompletableFuture.completedFuture(Agents.agent(7, 5))
                    : CompletableFuture.failedFuture(refusal.asRuntimeException()),
            connected);
    private final BlockingQueue<Duration> pauses = new LinkedBlockingQueue<>();
    private final Semaphore again = new Semaphore(0);

    private Registration registration(LoopbackGrpc kas) {
        return registration(kas, () -> Optional.of(Agents.kubernetes()));
    }

    private Registration registration(LoopbackGrpc kas, Supplier<Optional<KubernetesVersion>> kubernetes) {
        return new Registration(kas.channel("glagent-1"), Agents.meta("v1"), kubernetes, 4711, new Random(1), pause -> {
            pauses.add(pause);
            again.acquire();
        });
    }

    private LoopbackGrpc kas() {
        return new LoopbackGrpc(List.of(new AgentCallAuth(token -> true)), service);
    }

    @Test
    void registersEveryFiveMinutesAndSaysGoodbye() throws Exception {
        try (LoopbackGrpc kas = kas()) {
            Registration registration = registration(kas);
            registration.start();
            assertThat(pauses.poll(10, TimeUnit.SECONDS)).isEqualTo(Duration.ofMinutes(5));
            ConnectedAgentInfo pod = connected.ofAgents(List.of(7L)).getFirst();
            assertThat(pod.getConnectionId()).isEqualTo(4711);
            assertThat(pod.getAgentMeta().getKubernetesVersion()).isEqualTo(Agents.kubernetes());
            time.pass(Duration.ofMinutes(4));
            again.release();
            assertThat(pauses.poll(10, TimeUnit.SECONDS)).isEqualTo(Duration.ofMinutes(5));
            time.pass(Duration.ofMinutes(4));
            assertThat(connected.count()).isOne();
            registration.close();
            assertThat(connected.count()).isZero();
        }
    }

    @Test
    void waitsLongerAfterEachFailureAndRecovers() throws Exception {
        refusal = Status.UNAVAILABLE;
        try (LoopbackGrpc kas = kas()) {
            Registration registration = registration(kas);
            registration.start();
            assertThat(pauses.poll(10, TimeUnit.SECONDS)).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(15));
            again.release();
            assertThat(pauses.poll(10, TimeUnit.SECONDS)).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(30));
            refusal = Status.OK;
            again.release();
            assertThat(pauses.poll(10, TimeUnit.SECONDS)).isEqualTo(Duration.ofMinutes(5));
            registration.close();
        }
    }

    @Test
    void outlivesWhatNobodyForesaw() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (LoopbackGrpc kas = kas()) {
            Registration registration = registration(kas, () -> {
                if (asked.getAndIncrement() == 0) {
                    throw new IllegalStateException("a version that cannot be read");
                }
                return Optional.empty();
            });
            registration.start();
            assertThat(pauses.poll(10, TimeUnit.SECONDS)).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(15));
            again.release();
            assertThat(pauses.poll(10, TimeUnit.SECONDS)).isEqualTo(Duration.ofMinutes(5));
            registration.close();
        }
    }

    @Test
    void stopsWhileKasIsAway() throws Exception {
        LoopbackGrpc kas = kas();
        Registration registration = registration(kas);
        kas.close();
        registration.start();
        registration.close();
        await().untilAsserted(() -> assertThat(connected.count()).isZero());
    }
}
