package io.fairlead.link.kubeapi;

import static org.awaitility.Awaitility.await;

import io.fairlead.base.retry.Backoff;
import io.fairlead.base.time.SystemScheduler;
import io.fairlead.gitlab.api.GitalyInfo;
import io.fairlead.gitlab.api.GitalyRepository;
import io.fairlead.link.audit.AuditLog;
import io.fairlead.link.audit.AuditRecord;
import io.fairlead.link.explanation.Explanations;
import io.fairlead.link.identity.AgentInfo;
import io.fairlead.link.identity.AgentToken;
import io.fairlead.link.identity.Identity;
import io.fairlead.link.identity.Impersonation;
import io.fairlead.link.identity.ProxyAccess;
import io.fairlead.link.identity.ProxyCredential;
import io.fairlead.link.identity.ProxyDecision;
import io.fairlead.link.identity.kas.AgentCallAuth;
import io.fairlead.link.kubeapi.agent.KubernetesApiAgent;
import io.fairlead.link.kubeapi.agent.LocalPolicy;
import io.fairlead.link.kubeapi.kas.KubernetesApiProxy;
import io.fairlead.link.kubeapi.kas.LiveRequests;
import io.fairlead.link.kubeapi.kas.ProxyConfig;
import io.fairlead.link.kubeapi.kas.ProxyCounters;
import io.fairlead.link.kubeapi.kas.RequestShares;
import io.fairlead.link.tunnel.agent.TunnelPool;
import io.fairlead.link.tunnel.kas.TunnelRegistry;
import io.fairlead.link.tunnel.kas.TunnelService;
import io.fairlead.testing.RawSocket;
import io.fairlead.wire.grpc.AgentChannel;
import io.fairlead.wire.grpc.AgentChannelConfig;
import io.fairlead.wire.grpc.ConnectionLife;
import io.fairlead.wire.grpc.ConnectionListener;
import io.fairlead.wire.grpc.GrpcListener;
import io.fairlead.wire.grpc.GrpcListenerConfig;
import io.fairlead.wire.grpc.KasAddress;
import io.fairlead.wire.grpc.StreamEnd;
import io.fairlead.wire.http.ClientConfig;
import io.fairlead.wire.http.HttpClient;
import io.fairlead.wire.http.HttpLimits;
import io.fairlead.wire.http.HttpServer;
import io.fairlead.wire.http.HttpServerConfig;
import io.fairlead.wire.http.Origin;
import io.fairlead.wire.loop.EventLoops;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;

/** kas, agentk and a stand-in API server, joined by real sockets: what a request passes on its way. */
final class Line implements AutoCloseable {
    static final long AGENT_ID = 7;
    static final Impersonation DANA = new Impersonation(
            "gitlab:user:dana",
            List.of("gitlab:user", "gitlab:project_role:3:developer"),
            "",
            Map.of("agent.gitlab.com/id", List.of("7")));

    final ApiServer api;
    final TunnelRegistry tunnels;
    /** What the decision says the agent is called; the forge's part. */
    volatile Optional<String> agentName = Optional.empty();

    /** Lets everybody in as Dana, unless a test says otherwise. */
    volatile ProxyAccess access = (credential, client) -> CompletableFuture.completedFuture(
            new ProxyDecision.Allowed(credential.agentId(), agentName, Optional.of(DANA), person(credential)));

    final LiveRequests live;
    final List<AuditRecord> records = new CopyOnWriteArrayList<>();
    final ProxyCounters counters = new ProxyCounters();
    final TunnelPool pool;
    final HttpClient upstream;
    final GrpcListener listener;
    private final SystemScheduler scheduler = new SystemScheduler("test-line");
    private final EventLoops kasLoops = EventLoops.of(2, "test-kas");
    private final EventLoops agentLoops = EventLoops.of(1, "test-agent");
    private final HttpServer proxy;
    private final AgentChannel channel;

    private record Records(List<AuditRecord> kept) implements AuditLog {
        @Override
        public void record(AuditRecord record) {
            kept.add(record);
        }

        @Override
        public long millis() {
            return System.currentTimeMillis();
        }

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }
    }

    Line(String scheme) throws Exception {
        this(scheme, new ApiServer());
    }

    Line(String scheme, ApiServer standIn) throws Exception {
        this(scheme, standIn, HttpLimits.DEFAULT, RequestShares.EACH_MAX);
    }

    Line(String scheme, ApiServer standIn, Explanations explanations) throws Exception {
        this(scheme, standIn, HttpLimits.DEFAULT, RequestShares.EACH_MAX, Optional.empty(), explanations);
    }

    Line(String scheme, ApiServer standIn, HttpLimits limits, int requestsPerPersonMax) throws Exception {
        this(scheme, standIn, limits, requestsPerPersonMax, Optional.empty(), Explanations.NONE);
    }

    Line(String scheme, ApiServer standIn, HttpLimits limits, int requestsPerPersonMax, Optional<LocalPolicy> policy)
            throws Exception {
        this(scheme, standIn, limits, requestsPerPersonMax, policy, Explanations.NONE);
    }

    private Line(
            String scheme,
            ApiServer standIn,
            HttpLimits limits,
            int requestsPerPersonMax,
            Optional<LocalPolicy> policy,
            Explanations explanations)
            throws Exception {
        api = standIn;
        live = new LiveRequests(new LiveRequests.Limits(Duration.ofSeconds(600), Duration.ofSeconds(2)), scheduler);
        live.start();
        tunnels = new TunnelRegistry(
                new TunnelRegistry.Limits(Duration.ofSeconds(10), Duration.ofMillis(200), Duration.ZERO, 1_000, 500),
                scheduler,
                Clock.systemUTC());
        RandomGenerator random = RandomGenerator.getDefault();
        AgentInfo agent = new AgentInfo(
                AGENT_ID,
                3,
                "cluster",
                "group/project",
                new GitalyInfo("tcp://127.0.0.1:1", "", Map.of()),
                GitalyRepository.of("default", "a.git", "project-3", "group/project"),
                "main");
        TunnelService service = new TunnelService(
                token -> CompletableFuture.completedFuture(agent),
                AgentToken.OF_CALL,
                tunnels,
                StreamEnd.ofConnection(),
                scheduler,
                random);
        listener = new GrpcListener(
                GrpcListenerConfig.at(loopback()).withDrainGrace(Duration.ZERO),
                kasLoops,
                List.of(service.definition()),
                List.of(new AgentCallAuth(token -> true), ConnectionLife.interceptor()),
                new Random(1));
        listener.start();
        proxy = new HttpServer(
                HttpServerConfig.at(loopback()).withLimits(limits).withDrainTimeout(Duration.ofSeconds(2)),
                kasLoops,
                new KubernetesApiProxy(
                        new ProxyConfig("/k8s/", Optional.of("https://gitlab.test"), "gitlab-kas/test"),
                        (credential, client) -> access.decide(credential, client),
                        tunnels,
                        new RequestShares(requestsPerPersonMax),
                        live,
                        new Records(records),
                        counters,
                        random));
        proxy.start();
        upstream = new HttpClient(agentLoops, ClientConfig.DEFAULT);
        channel = AgentChannel.open(
                KasAddress.parse(scheme + "://localhost:" + listener.address().getPort()),
                AgentChannelConfig.of("gitlab-agent/test", () -> "secret"),
                agentLoops,
                ConnectionListener.NONE,
                scheduler,
                random);
        pool = new TunnelPool(
                channel,
                () -> "secret",
                List.of(new KubernetesApiAgent(
                        upstream,
                        Origin.plain("127.0.0.1", api.port()),
                        "",
                        () -> Optional.of("agents-own"),
                        "gitlab-agent/test",
                        policy,
                        explanations)),
                KubernetesApiAgent.FEATURES,
                new TunnelPool.Limits(
                        2,
                        500,
                        10,
                        Duration.ofSeconds(60),
                        new Backoff(Duration.ofMillis(50), Duration.ofSeconds(1), 1.6, 0.2, Duration.ofSeconds(25)),
                        Duration.ofSeconds(2)),
                scheduler,
                random);
    }

    /** Each token is another person's. */
    static Identity person(ProxyCredential credential) {
        String token = ((ProxyCredential.PersonalAccessToken) credential).token();
        return new Identity.TokenUser(token.hashCode(), token);
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    Line connected() {
        pool.start();
        await().until(() -> tunnels.idleStreams(AGENT_ID) >= 2);
        return this;
    }

    /** The agent's connection, for another agent than ours to speak on. */
    AgentChannel channel() {
        return channel;
    }

    InetSocketAddress proxyAddress() {
        return proxy.address();
    }

    RawSocket client() throws IOException {
        return RawSocket.connect(proxy.address());
    }

    RawSocket narrowClient() throws IOException {
        return RawSocket.connectNarrow(proxy.address());
    }

    /** A request with a credential; {@code more} holds further header lines, each with its line end. */
    static String request(String method, String path, String more) {
        return method + " /k8s" + path + " HTTP/1.1\r\nHost: kas\r\nAuthorization: Bearer pat:7:token\r\n" + more
                + "\r\n";
    }

    static String get(String path) {
        return request("GET", path, "");
    }

    /** The agent's process is gone: its connection is cut. */
    void killAgent() {
        channel.cut();
    }

    @Override
    public void close() throws Exception {
        live.close();
        pool.close();
        channel.cut();
        channel.close();
        upstream.close();
        proxy.close();
        listener.close();
        api.close();
        agentLoops.close();
        kasLoops.close();
        scheduler.close();
    }
}
