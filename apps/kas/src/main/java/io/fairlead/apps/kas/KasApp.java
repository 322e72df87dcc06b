package io.fairlead.apps.kas;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.lifecycle.Stages;
import io.fairlead.base.metrics.ObservabilityListener;
import io.fairlead.base.metrics.ProcessMetrics;
import io.fairlead.base.metrics.Readiness;
import io.fairlead.base.thread.VirtualThreads;
import io.fairlead.base.time.Deadline;
import io.fairlead.base.time.SystemScheduler;
import io.fairlead.base.tls.TrustedCertificates;
import io.fairlead.base.version.Version;
import io.fairlead.gitlab.api.GitLabClient;
import io.fairlead.gitlab.api.GitLabClientConfig;
import io.fairlead.gitlab.gitaly.GitalyClient;
import io.fairlead.gitlab.jwt.KasJwt;
import io.fairlead.gitlab.jwt.KasSecret;
import io.fairlead.link.audit.kas.AuditShipper;
import io.fairlead.link.audit.kas.AuditSink;
import io.fairlead.link.audit.kas.FileSink;
import io.fairlead.link.audit.kas.GitLabSink;
import io.fairlead.link.audit.kas.NoAudit;
import io.fairlead.link.configuration.kas.ConfigurationConfig;
import io.fairlead.link.configuration.kas.ConfigurationProjectService;
import io.fairlead.link.configuration.kas.ConfigurationService;
import io.fairlead.link.configuration.kas.ProjectConfigurations;
import io.fairlead.link.flux.kas.FluxService;
import io.fairlead.link.identity.AgentToken;
import io.fairlead.link.identity.kas.AccessWatch;
import io.fairlead.link.identity.kas.AgentCallAuth;
import io.fairlead.link.identity.kas.AgentConnectionRate;
import io.fairlead.link.identity.kas.GitLabAgentTokens;
import io.fairlead.link.identity.kas.GitLabProjectReaders;
import io.fairlead.link.identity.kas.GitLabProxyAccess;
import io.fairlead.link.identity.kas.JwtCallAuth;
import io.fairlead.link.identity.kas.RefusedCredentials;
import io.fairlead.link.identity.kas.StrangerCalls;
import io.fairlead.link.kubeapi.kas.KubernetesApiProxy;
import io.fairlead.link.kubeapi.kas.LiveRequests;
import io.fairlead.link.kubeapi.kas.ProxyConfig;
import io.fairlead.link.kubeapi.kas.ProxyCounters;
import io.fairlead.link.kubeapi.kas.RequestShares;
import io.fairlead.link.notifications.ProjectPushes;
import io.fairlead.link.notifications.kas.NotificationsService;
import io.fairlead.link.registrar.kas.RegistrarService;
import io.fairlead.link.routing.OtherKas;
import io.fairlead.link.tracker.kas.AgentTrackerService;
import io.fairlead.link.tracker.kas.ConnectedAgents;
import io.fairlead.link.tunnel.kas.TunnelRegistry;
import io.fairlead.link.tunnel.kas.TunnelService;
import io.fairlead.link.tunnel.kas.Tunnels;
import io.fairlead.wire.grpc.ConnectionAge;
import io.fairlead.wire.grpc.ConnectionLife;
import io.fairlead.wire.grpc.GrpcListener;
import io.fairlead.wire.grpc.GrpcListenerConfig;
import io.fairlead.wire.grpc.StreamEnd;
import io.fairlead.wire.http.HttpHandler;
import io.fairlead.wire.http.HttpServer;
import io.fairlead.wire.http.HttpServerConfig;
import io.fairlead.wire.loop.EventLoops;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts kas together, top to bottom in the order of start: the way to the GitLab side, who may do what, where the agents are,
 * then the listeners for agents, for GitLab, for people and for operators. It stops in the reverse order: first nobody new
 * comes in, then what runs may end, last what it runs on goes.
 */
public final class KasApp implements Stage {
    private static final Logger log = LoggerFactory.getLogger(KasApp.class);

    private static final Duration DRAIN_GRACE = Duration.ofSeconds(10);

    private final KasConfig config;
    private final EventLoops loops;
    private final Version version = Version.current();
    private final String product = version.product("gitlab-kas");
    private final SecureRandom random = new SecureRandom();
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Readiness readiness = new Readiness("listeners");
    private final ProxyCounters proxyCounters = new ProxyCounters();
    private final Stages stages = new Stages();
    private final SystemScheduler scheduler;
    private final ExecutorService threads;
    private final GitLabClient gitlab;
    private final GitalyClient gitaly;
    private final GitLabAgentTokens tokens;
    private final GitLabProjectReaders readers;
    private final GitLabProxyAccess access;
    private final RefusedCredentials refusedCredentials;
    private final TunnelRegistry tunnels;
    private final RequestShares shares;
    private final LiveRequests live;
    private final AccessWatch accessWatch;
    private final AuditShipper audit;
    private final ConnectedAgents connected;
    private final AgentConnectionRate connectionRate;
    private final ProjectPushes pushes;
    private final ProjectConfigurations configurations;
    private final Optional<SeveralKas> several;
    private final TunnelService tunnelService;
    private final GrpcListener agentListener;
    private final GrpcListener apiListener;
    private final ObservabilityListener observability;
    private final Optional<HttpServer> proxyListener;

    /**
     * Reads the secrets and certificates that {@code config} names.
     *
     * @param loops stays its caller's, to be closed after kas
     * @throws FairleadException when one of the files is not what it must be
     */
    public KasApp(KasConfig config, EventLoops loops) {
        this.config = config;
        this.loops = loops;
        Clock clock = Clock.systemUTC();
        scheduler = new SystemScheduler("kas-scheduler");
        threads = VirtualThreads.perTask("kas");

        GitLabConfig side = config.gitlab();
        gitlab = new GitLabClient(
                new GitLabClientConfig(
                        side.address(),
                        product,
                        side.caFile().map(TrustedCertificates::with),
                        side.callsPerSecond(),
                        side.callsAtOnce()),
                new KasJwt(KasSecret.read(side.secretFile()), clock),
                scheduler);
        gitaly = new GitalyClient(side.caFile(), product, clock, scheduler);

        AgentConfig agent = config.agent();
        Duration allowed =
                agent.kubernetesApi().map(KubernetesApiConfig::allowedTtl).orElse(GitLabProxyAccess.KEEP);
        Duration refused =
                agent.kubernetesApi().map(KubernetesApiConfig::refusedTtl).orElse(GitLabProxyAccess.KEEP_REFUSAL);
        tokens = new GitLabAgentTokens(gitlab, agent.infoTtl(), agent.infoErrorTtl(), scheduler, threads);
        refusedCredentials = new RefusedCredentials(agent.bounds().refused(), scheduler);
        access = new GitLabProxyAccess(gitlab, allowed, refused, refusedCredentials, scheduler, threads);
        readers = new GitLabProjectReaders(gitlab, scheduler, threads);
        tunnels = new TunnelRegistry(
                TunnelRegistry.Limits.DEFAULT.withStreamsMax(agent.bounds().tunnelsPerAgentMax()), scheduler, clock);
        shares = new RequestShares(agent.kubernetesApi()
                .map(KubernetesApiConfig::requestsPerPersonMax)
                .orElse(RequestShares.EACH_MAX));
        connected = config.several().isPresent()
                ? new ConnectedAgents(clock, agentId -> tunnels.streams(agentId) > 0)
                : new ConnectedAgents(clock);
        connectionRate = new AgentConnectionRate(agent.connectionsPerTokenPerMinute(), clock);
        pushes = new ProjectPushes();
        several = config.several().map(this::several);
        configurations = new ProjectConfigurations(
                tokens,
                gitaly,
                gitlab,
                pushes,
                new ConfigurationConfig(
                        agent.configurationPollPeriod(),
                        agent.configurationBytesMax(),
                        side.externalUrl().map(URI::toString).orElse("")),
                scheduler,
                random);
        tunnelService =
                new TunnelService(tokens, AgentToken.OF_CALL, tunnels, StreamEnd.ofConnection(), scheduler, random);
        live = new LiveRequests(
                new LiveRequests.Limits(
                        agent.access().askAgainPeriod(), agent.access().unreachableMax()),
                scheduler);
        AuditSink kept = agent.audit()
                .file()
                .<AuditSink>map(file -> new FileSink(file, (long) agent.audit().fileMegabytesMax() << 20))
                .orElseGet(() -> new GitLabSink(gitlab));
        if (!agent.audit().enabled()) {
            log.warn("no record is kept of who does what through this kas: agent.audit.enabled is false");
        }
        audit = new AuditShipper(kept, clock, scheduler, random);
        accessWatch = new AccessWatch(
                gitlab,
                new AccessWatch.Limits(
                        agent.access().unreachableMax(), agent.access().askAgainPeriod()),
                List.of(tokens, readers, access, tunnelService.tokenWatch(), live),
                scheduler,
                random);
        agentListener = agentListener();
        apiListener = apiListener(clock);
        proxyListener = agent.kubernetesApi().map(this::proxyListener);
        observability = new ObservabilityListener(
                config.observability().listener(), Optional.empty(), registry, readiness, product);
    }

    @Override
    public void start() throws Exception {
        ProcessMetrics.register(registry, version);
        KasMetrics.register(
                registry, version, connected, connectionRate, refusedCredentials, accessWatch, audit, proxyCounters);
        several.ifPresent(others -> KasMetrics.register(registry, others.router(), others.directory()));
        stages.add("scheduler", Stage.closing(scheduler::close));
        stages.add("blocking work", Stage.closing(threads::shutdownNow));
        stages.add("way to GitLab", Stage.closing(gitlab));
        stages.add("way to Gitaly", Stage.closing(gitaly));
        stages.add("configurations", configurations);
        stages.add("metrics and probes", observability);
        stages.add("token watch", tunnelService.tokenWatch());
        stages.add("audit", audit);
        stages.add("live requests", live);
        stages.add("access watch", accessWatch);
        several.ifPresent(others -> stages.add("other kas", others));
        stages.add("agent listener", agentListener);
        stages.add("API listener", apiListener);
        proxyListener.ifPresent(listener -> stages.add("Kubernetes API listener", listener));
        stages.add("waiting requests", Stage.closing(this::drain));
        stages.add("readiness", Stage.closing(this::announceStop));
        stages.start();
        readiness.ready("listeners");
    }

    /** Where agents connect; after {@link #start}. */
    public InetSocketAddress agentAddress() {
        return agentListener.address();
    }

    /** Where operators look; after {@link #start}. */
    public InetSocketAddress observabilityAddress() {
        return observability.address();
    }

    /** Where kubectl connects, when kas has a listener of its own for it; after {@link #start}. */
    public Optional<InetSocketAddress> proxyAddress() {
        return proxyListener.map(HttpServer::address);
    }

    /** The Kubernetes proxy for a listener of someone else's, below {@code pathPrefix}. */
    public HttpHandler proxy(String pathPrefix) {
        Optional<String> origin = config.gitlab().externalUrl().map(KasApp::origin);
        return new KubernetesApiProxy(
                new ProxyConfig(pathPrefix, origin, product),
                access,
                several.<Tunnels>map(SeveralKas::router).orElse(tunnels),
                shares,
                live,
                config.agent().audit().enabled() ? audit : new NoAudit(Clock.systemUTC(), scheduler),
                proxyCounters,
                random);
    }

    /**
     * Answers requests that wait for an agent with 503, and those that still come. Whoever serves {@link #proxy} calls it
     * before his listener stops; {@link #close} does it for kas's own. One of several kas leaves them be: their agents come
     * to another, where they find them.
     */
    public void drain() {
        if (several.isEmpty()) {
            tunnels.drain();
        }
    }

    /**
     * Sends agents away as {@link #close} does, while the rest of kas runs on: for a listener before kas through which they
     * came. Waits at most 20 seconds.
     */
    public void endAgents() throws InterruptedException {
        agentListener.close();
    }

    @Override
    public void close() {
        stages.close();
    }

    /** Load balancers must notice before connections are refused; agents go to another kas meanwhile, if there is one. */
    private void announceStop() throws InterruptedException {
        readiness.notReady("listeners", "are stopping");
        if (several.isPresent()) {
            agentListener.beginDrain();
        }
        Deadline.pause(config.agent().stopGrace());
    }

    private GrpcListener agentListener() {
        AgentConfig agent = config.agent();
        ConfigurationService configurationService = new ConfigurationService(
                tokens, configurations, connected, StreamEnd.ofConnection(), scheduler, random);
        return new GrpcListener(
                listener(agent.listen(), agent.websocket(), agent.connectionAgeMax())
                        .withStrangers(new GrpcListenerConfig.Strangers(
                                agent.bounds().connectionsMax(),
                                Optional.of(agent.bounds().tokenWithin()),
                                agent.listen().trustedProxies())),
                loops,
                List.of(
                        tunnelService.definition(),
                        configurationService.bindService(),
                        new FluxService(tokens, readers, pushes, StreamEnd.ofConnection()).bindService(),
                        new RegistrarService(tokens, connected).bindService()),
                List.of(
                        new AgentCallAuth(connectionRate),
                        new StrangerCalls(tokens, refusedCredentials),
                        ConnectionLife.interceptor()),
                random);
    }

    private OtherKas others() {
        return several.map(SeveralKas::others).orElse(OtherKas.NONE);
    }

    private SeveralKas several(SeveralConfig side) {
        return new SeveralKas(
                side,
                listener(side.listen(), false, side.connectionAgeMax()),
                new KasJwt(KasSecret.read(side.secretFile()), Clock.systemUTC()),
                tunnels,
                connected,
                pushes,
                product,
                loops,
                scheduler,
                threads,
                random);
    }

    private GrpcListener apiListener(Clock clock) {
        ApiConfig api = config.api();
        return new GrpcListener(
                listener(api.listen(), false, api.connectionAgeMax()),
                loops,
                List.of(
                        new AgentTrackerService(connected, others()).bindService(),
                        new NotificationsService(pushes, others()).bindService(),
                        new ConfigurationProjectService(gitaly, threads).bindService()),
                List.of(JwtCallAuth.ofGitLab(new KasJwt(KasSecret.read(api.secretFile()), clock))),
                random);
    }

    private HttpServer proxyListener(KubernetesApiConfig proxy) {
        return new HttpServer(
                HttpServerConfig.at(proxy.listen().address())
                        .withIdentity(proxy.listen().identity())
                        .withTrustedProxies(proxy.listen().trustedProxies())
                        .withDrainTimeout(proxy.shutdownGrace()),
                loops,
                proxy(proxy.pathPrefix()));
    }

    private GrpcListenerConfig listener(ListenConfig listen, boolean websocket, Duration ageMax) {
        GrpcListenerConfig standard = GrpcListenerConfig.at(listen.address())
                .withWebsocket(websocket)
                .withAge(new ConnectionAge(ageMax))
                .withServerHeader(product)
                .withDrainGrace(DRAIN_GRACE);
        return listen.identity().map(standard::withTls).orElse(standard);
    }

    private static String origin(URI url) {
        return url.getScheme() + "://" + url.getRawAuthority();
    }
}
