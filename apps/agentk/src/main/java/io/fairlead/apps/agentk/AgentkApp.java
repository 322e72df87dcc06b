package io.fairlead.apps.agentk;

import io.fairlead.base.env.Environment;
import io.fairlead.base.ids.RandomIds;
import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.lifecycle.Stages;
import io.fairlead.base.metrics.ObservabilityListener;
import io.fairlead.base.metrics.ProcessMetrics;
import io.fairlead.base.metrics.Readiness;
import io.fairlead.base.ready.ReadyFile;
import io.fairlead.base.thread.VirtualThreads;
import io.fairlead.base.time.SystemScheduler;
import io.fairlead.base.token.TokenFile;
import io.fairlead.base.version.Version;
import io.fairlead.kube.client.KubeClient;
import io.fairlead.kube.connection.BearerToken;
import io.fairlead.kube.connection.KubeConnection;
import io.fairlead.kube.connection.KubeCredentials;
import io.fairlead.kube.lease.Leadership;
import io.fairlead.link.configuration.agent.ConfigurationWatch;
import io.fairlead.link.entity.AgentMeta;
import io.fairlead.link.explanation.Explanations;
import io.fairlead.link.explanation.agent.ClusterExplanations;
import io.fairlead.link.explanation.agent.ClusterRbac;
import io.fairlead.link.flux.agent.ClusterGitSources;
import io.fairlead.link.flux.agent.FluxTrigger;
import io.fairlead.link.identity.AgentToken;
import io.fairlead.link.identity.agent.AuthenticatedChannel;
import io.fairlead.link.kubeapi.agent.KubernetesApiAgent;
import io.fairlead.link.registrar.agent.Registration;
import io.fairlead.link.tunnel.agent.TunnelPool;
import io.fairlead.wire.grpc.AgentChannel;
import io.fairlead.wire.grpc.AgentChannelConfig;
import io.fairlead.wire.grpc.ProxyRules;
import io.fairlead.wire.http.ClientConfig;
import io.fairlead.wire.http.HttpClient;
import io.fairlead.wire.http.Origin;
import io.fairlead.wire.loop.EventLoops;
import io.fairlead.wire.tls.PemIdentity;
import io.fairlead.wire.tls.ServerTls;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts an agent together, top to bottom in the order of start: what the others run on, the way to the cluster, the channel
 * to kas, the tunnels that bring requests, what it tells kas about itself, and last the page by which Kubernetes sees that
 * it is ready. It stops in the reverse order, so that running requests end before what carries them.
 */
public final class AgentkApp implements Stage {
    /** One connection to kas carries everything, and one loop carries it: another would only be woken by it. */
    private static final int EVENT_LOOPS = 1;

    private static final Logger log = LoggerFactory.getLogger(AgentkApp.class);

    /** The kubelet replaces a token when four fifths of its life are over, an hour at least. */
    private static final Duration SERVICE_ACCOUNT_PERIOD = Duration.ofSeconds(30);

    private final AgentkConfig config;
    private final Environment environment;
    private final SystemScheduler scheduler;
    private final Version version = Version.current();
    private final String product = version.product("gitlab-agent");
    private final SecureRandom random = new SecureRandom();
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Readiness readiness = new Readiness("connection to kas");
    private final Stages stages = new Stages();
    private @Nullable ObservabilityListener observability;

    /** Takes over {@code scheduler} and closes it. */
    public AgentkApp(AgentkConfig config, Environment environment, SystemScheduler scheduler) {
        this.config = config;
        this.environment = environment;
        this.scheduler = scheduler;
    }

    @Override
    public void start() throws Exception {
        // One that was left by an agent that was killed would lie until this one is ready.
        removeReadyFile();
        stages.add("scheduler", Stage.closing(scheduler::close));
        EventLoops loops = EventLoops.of(EVENT_LOOPS, "agentk-loop");
        stages.add("event loops", Stage.closing(loops::close));

        KubeConnection cluster = config.cluster();
        BearerToken bearer = bearer(cluster.credentials());
        HttpClient upstream = new HttpClient(loops, ClientConfig.DEFAULT);
        stages.add("connections to the API server", Stage.closing(upstream::close));
        Origin apiServer = cluster.origin();

        if (config.token() instanceof AgentTokenSource.InFile(TokenFile file)) {
            stages.add("agent token", file);
        }
        AgentChannel kas = AgentChannel.open(
                config.kas(), channelConfig(), loops, new KasConnection(config.kas(), readiness), scheduler, random);
        stages.add("channel to kas", kas);

        KubeClient kube = new KubeClient(upstream, apiServer, cluster.basePath(), bearer, product);
        TunnelPool tunnels = new TunnelPool(
                kas,
                config.token(),
                List.of(new KubernetesApiAgent(
                        upstream,
                        apiServer,
                        cluster.basePath(),
                        bearer,
                        product,
                        config.policy(),
                        explanations(kube, bearer))),
                KubernetesApiAgent.FEATURES,
                TunnelPool.Limits.DEFAULT,
                scheduler,
                random);
        stages.add("tunnels", tunnels);

        AuthenticatedChannel authenticated = new AuthenticatedChannel(
                kas, () -> new AgentToken(config.token().get()));
        stages.add(
                "configuration watch",
                new ConfigurationWatch(authenticated, self(), configured(authenticated, kube), scheduler, random));
        ClusterVersion clusterVersion = new ClusterVersion(kube);
        long podId = new RandomIds(random).positiveLong();
        Registration registration = new Registration(authenticated, self(), clusterVersion, podId, random);
        stages.add("registration", registration);

        ProcessMetrics.register(registry, version);
        AgentMetrics.register(registry, tunnels);
        ObservabilityListener listener = new ObservabilityListener(
                config.observability(),
                config.observabilityIdentity()
                        .map(files -> ServerTls.jdkContext(new PemIdentity(files.certificate(), files.key()))),
                registry,
                readiness,
                product);
        observability = listener;
        stages.add("metrics and probes", listener);
        stages.start();
        registration.first().thenRun(this::writeReadyFile).whenComplete((none, error) -> {
            if (error != null) {
                log.error("the agent is ready, but cannot say so", error);
            }
        });
    }

    /** Where metrics and probes are served; after {@link #start}. */
    public InetSocketAddress observabilityAddress() {
        ObservabilityListener listener = observability;
        if (listener == null) {
            throw new IllegalStateException("the agent was not started");
        }
        return listener.address();
    }

    @Override
    public void close() throws IOException {
        try {
            removeReadyFile();
        } finally {
            stages.close();
        }
    }

    private void removeReadyFile() throws IOException {
        if (config.readyFile().isPresent()) {
            Files.deleteIfExists(config.readyFile().get());
        }
    }

    private Explanations explanations(KubeClient kube, BearerToken bearer) {
        if (!config.explainRefusals()) {
            return Explanations.NONE;
        }
        ExecutorService threads = VirtualThreads.perTask("explanation");
        stages.add("explanations", Stage.closing(threads::shutdownNow));
        return new ClusterExplanations(new ClusterRbac(kube), bearer, scheduler, threads);
    }

    /** Who is told of the agent's configuration. */
    private ConfigurationWatch.Listener configured(AuthenticatedChannel kas, KubeClient kube) {
        LogLevelWish levels = new LogLevelWish(config.logLevel());
        if (!config.tellFlux()) {
            return levels;
        }
        Leadership leadership = new Leadership(
                kube,
                config.podNamespace(),
                config.podName() + "_" + new RandomIds(random).positiveLong(),
                scheduler,
                Clock.systemUTC(),
                random);
        stages.add("leadership", leadership);
        FluxTrigger flux =
                new FluxTrigger(kas, new ClusterGitSources(kube, Clock.systemUTC()), leadership::leading, random);
        stages.add("flux", flux);
        return (configuration, commit) -> {
            levels.configured(configuration, commit);
            leadership.begin("agent-" + configuration.getAgentId() + "-lock");
            flux.configured(configuration);
        };
    }

    private BearerToken bearer(KubeCredentials credentials) {
        return switch (credentials) {
            case KubeCredentials.Token(String secret) -> () -> Optional.of(secret);
            case KubeCredentials.TokenFile(var file) -> {
                TokenFile token = new TokenFile(file, SERVICE_ACCOUNT_PERIOD, scheduler);
                stages.add("service account token", token);
                yield () -> Optional.of(token.current());
            }
            case KubeCredentials.Certificate certificate -> Optional::empty;
            case KubeCredentials.None none -> Optional::empty;
        };
    }

    private AgentChannelConfig channelConfig() {
        return new AgentChannelConfig(
                config.caFile(),
                config.kasInsecure(),
                config.kasServerName(),
                config.kasHeaders(),
                product,
                config.token(),
                ProxyRules.of(environment.variables()));
    }

    private AgentMeta self() {
        return AgentMeta.newBuilder()
                .setVersion("v" + version.number())
                .setCommitId(version.commit())
                .setPodNamespace(config.podNamespace())
                .setPodName(config.podName())
                .build();
    }

    private void writeReadyFile() {
        String scheme = config.observabilityIdentity().isPresent() ? "https" : "http";
        String url = scheme + "://127.0.0.1:" + observabilityAddress().getPort();
        config.readyFile().ifPresent(file -> ReadyFile.observable(url).write(file));
    }
}
