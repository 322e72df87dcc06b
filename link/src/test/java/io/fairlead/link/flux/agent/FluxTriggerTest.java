package io.fairlead.link.flux.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.agentcfg.AgentConfiguration;
import io.fairlead.agentcfg.FluxCF;
import io.fairlead.base.error.FairleadException;
import io.fairlead.link.fake.LoopbackGrpc;
import io.fairlead.link.flux.rpc.GitLabFluxGrpc;
import io.fairlead.link.flux.rpc.Project;
import io.fairlead.link.flux.rpc.ReconcileProjectsRequest;
import io.fairlead.link.flux.rpc.ReconcileProjectsResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FluxTriggerTest {
    private static final GitSource PLATFORM =
            new GitSource("flux-system", "platform", "https://forge.example/acme/platform.git", false);
    private static final GitSource SHOP = new GitSource("shop", "shop", "git@forge.example:acme/Shop.git", false);

    private record Stream(List<String> projects, StreamObserver<ReconcileProjectsResponse> answer) {
        void push(String project) {
            answer.onNext(ReconcileProjectsResponse.newBuilder()
                    .setProject(Project.newBuilder().setId(project))
                    .build());
        }
    }

    /** A cluster in memory. */
    private static final class Known implements GitSources {
        final List<GitSource> sources = new CopyOnWriteArrayList<>();
        final BlockingQueue<String> told = new LinkedBlockingQueue<>();
        final AtomicInteger refusals = new AtomicInteger();

        @Override
        public List<GitSource> list() {
            return List.copyOf(sources);
        }

        @Override
        public boolean reconcile(GitSource source) {
            if (refusals.getAndDecrement() > 0) {
                throw new FairleadException("kube.refused", "refused");
            }
            return told.add(source.toString());
        }
    }

    private final Known cluster = new Known();
    private final BlockingQueue<Stream> streams = new LinkedBlockingQueue<>();
    private final AtomicBoolean leads = new AtomicBoolean(true);
    private final AtomicInteger cancelled = new AtomicInteger();
    private final BlockingQueue<Duration> pauses = new LinkedBlockingQueue<>();
    private final Semaphore goOn = new Semaphore(0);
    private final LoopbackGrpc kas = new LoopbackGrpc(List.of(), new GitLabFluxGrpc.GitLabFluxImplBase() {
        @Override
        public void reconcileProjects(
                ReconcileProjectsRequest request, StreamObserver<ReconcileProjectsResponse> answer) {
            ((ServerCallStreamObserver<ReconcileProjectsResponse>) answer)
                    .setOnCancelHandler(cancelled::incrementAndGet);
            streams.add(new Stream(
                    request.getProjectList().stream().map(Project::getId).toList(), answer));
        }
    });
    private final FluxTrigger trigger =
            new FluxTrigger(kas.channel("glagent-1"), cluster, leads::get, new Random(1), pause -> {
                pauses.add(pause);
                goOn.acquire();
            });

    @AfterEach
    void close() throws Exception {
        trigger.close();
        kas.close();
    }

    private static AgentConfiguration forge(String url) {
        return AgentConfiguration.newBuilder().setGitlabExternalUrl(url).build();
    }

    private Stream stream() throws InterruptedException {
        Stream stream = streams.poll(10, TimeUnit.SECONDS);
        assertThat(stream).as("a stream to kas").isNotNull();
        return stream;
    }

    private String told() throws InterruptedException {
        return String.valueOf(cluster.told.poll(10, TimeUnit.SECONDS));
    }

    @Test
    void aPushMakesFluxLookAtWhatFollowsTheProject() throws Exception {
        cluster.sources.addAll(List.of(PLATFORM, SHOP));
        trigger.start();
        trigger.configured(forge("https://forge.example"));
        Stream stream = stream();
        assertThat(stream.projects()).containsExactlyInAnyOrder("acme/platform", "acme/Shop");
        stream.push("acme/shop");
        assertThat(told()).isEqualTo("shop/shop");
        stream.push("acme/platform");
        assertThat(told()).isEqualTo("flux-system/platform");
    }

    @Test
    void nothingIsAskedWhileNothingIsFollowed() throws Exception {
        cluster.sources.add(new GitSource("a", "b", "https://github.com/acme/platform", false));
        trigger.start();
        trigger.configured(forge("https://forge.example"));
        assertThat(streams.poll(300, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void whoDoesNotLeadHearsAndIsSilent() throws Exception {
        cluster.sources.add(PLATFORM);
        leads.set(false);
        trigger.start();
        trigger.configured(forge("https://forge.example"));
        Stream stream = stream();
        stream.push("acme/platform");
        assertThat(cluster.told.poll(300, TimeUnit.MILLISECONDS)).isNull();
        leads.set(true);
        stream.push("acme/platform");
        assertThat(told()).isEqualTo("flux-system/platform");
    }

    @Test
    void whatKasNamesUnaskedIsNothingOfFluxs() throws Exception {
        cluster.sources.add(PLATFORM);
        trigger.start();
        trigger.configured(forge("https://forge.example"));
        Stream stream = stream();
        stream.push("acme/other");
        stream.push("acme/platform");
        assertThat(told()).isEqualTo("flux-system/platform");
        assertThat(cluster.told).isEmpty();
    }

    @Test
    void anotherForgeOrTheSwitchEndsTheStream() throws Exception {
        cluster.sources.add(PLATFORM);
        trigger.start();
        trigger.configured(forge("https://forge.example"));
        stream();
        trigger.configured(forge("https://forge.example").toBuilder()
                .setFlux(FluxCF.newBuilder().setEnabled(false))
                .build());
        await().atMost(Duration.ofSeconds(10)).until(() -> cancelled.get() == 1);
        trigger.configured(forge("https://forge.example"));
        assertThat(stream().projects()).containsExactly("acme/platform");
        assertThat(pauses).as("a change is no failure").isEmpty();
    }

    @Test
    void waitsLongerAfterEachFailureOfTheStream() throws Exception {
        cluster.sources.add(PLATFORM);
        trigger.start();
        trigger.configured(forge("https://forge.example"));
        stream().answer().onError(Status.PERMISSION_DENIED.asRuntimeException());
        assertThat(pauses.poll(10, TimeUnit.SECONDS)).isBetween(Duration.ofMillis(500), Duration.ofMillis(1500));
        goOn.release();
        stream().answer().onError(Status.UNAVAILABLE.asRuntimeException());
        assertThat(pauses.poll(10, TimeUnit.SECONDS)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(3));
        goOn.release();
        stream().push("acme/platform");
        assertThat(told()).isEqualTo("flux-system/platform");
    }

    @Test
    void triesAgainWhatTheClusterRefused() throws Exception {
        cluster.sources.add(PLATFORM);
        cluster.refusals.set(2);
        trigger.start();
        trigger.configured(forge("https://forge.example"));
        stream().push("acme/platform");
        goOn.release(2);
        assertThat(told()).isEqualTo("flux-system/platform");
        assertThat(pauses).hasSize(2);
    }

    @Test
    void pushesThatComeWhileFluxIsToldAreOne() throws Exception {
        cluster.sources.add(PLATFORM);
        cluster.refusals.set(1);
        trigger.start();
        trigger.configured(forge("https://forge.example"));
        Stream stream = stream();
        stream.push("acme/platform");
        assertThat(pauses.poll(10, TimeUnit.SECONDS)).isNotNull();
        for (int i = 0; i < 50; i++) {
            stream.push("acme/platform");
        }
        await().atMost(Duration.ofSeconds(10)).until(trigger::waiting, count -> count == 1);
        goOn.release();
        assertThat(told()).isEqualTo("flux-system/platform");
        assertThat(told()).isEqualTo("flux-system/platform");
        assertThat(cluster.told.poll(200, TimeUnit.MILLISECONDS)).isNull();
    }
}
