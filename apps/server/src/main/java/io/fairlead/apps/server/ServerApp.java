package io.fairlead.apps.server;

import io.fairlead.apps.forge.ForgeApp;
import io.fairlead.apps.forge.ForgeConfig;
import io.fairlead.apps.kas.ApiConfig;
import io.fairlead.apps.kas.GitLabConfig;
import io.fairlead.apps.kas.KasApp;
import io.fairlead.apps.kas.KasConfig;
import io.fairlead.apps.kas.ListenConfig;
import io.fairlead.base.ids.RandomIds;
import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.lifecycle.Stages;
import io.fairlead.base.net.Addresses;
import io.fairlead.base.net.FreePort;
import io.fairlead.base.ready.ReadyFile;
import io.fairlead.wire.http.ClientConfig;
import io.fairlead.wire.http.Forwarder;
import io.fairlead.wire.http.HttpClient;
import io.fairlead.wire.http.HttpHandler;
import io.fairlead.wire.http.HttpServer;
import io.fairlead.wire.http.HttpServerConfig;
import io.fairlead.wire.http.Origin;
import io.fairlead.wire.http.Routes;
import io.fairlead.wire.http.Routes.Route;
import io.fairlead.wire.loop.EventLoops;
import io.fairlead.wire.tls.LocalCa;
import io.fairlead.wire.tls.PemIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts forge and kas into one process, joined over loopback as they would be over a network, and one public listener before
 * both. In the order of start: the forge, which kas asks; kas; the listeners, so that whoever comes in finds both.
 *
 * <p>Agents come in through the public listener too, but requests need them to the end. So when it stops, requests that wait
 * for an agent are told so, the listeners accept no more and let requests end, kas sends its agents away, and only then do
 * the connections close.
 */
public final class ServerApp implements Stage {
    static final String AGENT_PATH = "/-/kubernetes-agent/";
    static final String PROXY_PATH = AGENT_PATH + "k8s-proxy/";

    /** Agents' WebSockets at once: half of what the public listener takes, so that people always find room. */
    private static final int AGENT_CONNECTIONS_MAX = 10_000;

    private static final InetSocketAddress ANY_LOOPBACK_PORT =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final ServerConfig config;
    private final Stages stages = new Stages();
    private @Nullable ReadyFile ready;

    public ServerApp(ServerConfig config) {
        this.config = config;
    }

    @Override
    public void start() throws Exception {
        InetSocketAddress https = FreePort.of(config.https().address());
        InetSocketAddress http = FreePort.of(config.http().address());
        InetSocketAddress kasApi = FreePort.of(ANY_LOOPBACK_PORT);
        URI external = config.externalUrl().orElseGet(() -> URI.create("https://" + Addresses.reachable(https)));
        LocalCa ca = LocalCa.open(config.dataDir().resolve("tls"), Clock.systemUTC());
        PemIdentity identity = config.https().identity().orElseGet(() -> issue(ca, https, external));
        EventLoops loops = EventLoops.ofMachine("server-loop");
        stages.startNow("event loops", Stage.closing(loops::close));

        ForgeConfig told = ForgeConfig.loopback(config.dataDir(), external)
                .withKasApi(kasApi)
                .withSsh(config.ssh())
                .withRules(config.rules())
                .withDatabase(config.database());
        ForgeApp forge = stages.startNow("forge", new ForgeApp(told));
        KasApp kas = stages.startNow("kas", new KasApp(kasConfig(forge, kasApi, external), loops));

        // Two, so that connections of agents, which last, never take the place of requests to the forge.
        HttpClient agents = new HttpClient(loops, ClientConfig.DEFAULT.withConnectionsMax(AGENT_CONNECTIONS_MAX));
        stages.startNow("way to agents' listener", Stage.closing(agents::close));
        HttpClient pages = new HttpClient(loops, ClientConfig.DEFAULT);
        stages.startNow("way to the forge", Stage.closing(pages::close));
        HttpServer clear = stages.startNow(
                "HTTP",
                new HttpServer(
                        HttpServerConfig.at(http)
                                .withTrustedProxies(config.http().trustedProxies()),
                        loops,
                        routes("http", agents, pages, forge, kas)));
        HttpServer secure = stages.startNow(
                "HTTPS",
                new HttpServer(
                        HttpServerConfig.at(https)
                                .withIdentity(Optional.of(identity))
                                .withTrustedProxies(config.https().trustedProxies()),
                        loops,
                        routes("https", agents, pages, forge, kas)));
        stages.startNow("agents", Stage.closing(kas::endAgents));
        stages.startNow("requests", Stage.closing(() -> endRequests(List.of(secure, clear))));
        stages.startNow("waiting requests", Stage.closing(kas::drain));
        ready = describe(told, http, ca, forge, kas);
    }

    /** Where everything is; after {@link #start}. */
    public ReadyFile ready() {
        ReadyFile known = ready;
        if (known == null) {
            throw new IllegalStateException("the server was not started");
        }
        return known;
    }

    @Override
    public void close() {
        stages.close();
    }

    private static void endRequests(List<HttpServer> listeners) throws InterruptedException {
        for (HttpServer listener : listeners) {
            listener.stopAccepting();
        }
        for (HttpServer listener : listeners) {
            listener.endRequests();
        }
    }

    /** What is the proxy's goes to it, agents' WebSockets go to their listener, everything else is the forge's. */
    private HttpHandler routes(String scheme, HttpClient agents, HttpClient pages, ForgeApp forge, KasApp kas) {
        return new Routes(List.of(
                Route.path(PROXY_PATH, kas.proxy(PROXY_PATH)),
                new Route(AGENT_PATH, "websocket", new Forwarder(agents, agents(kas), scheme, RandomIds.secure())),
                Route.path("", new Forwarder(pages, plain(forge.httpAddress()), scheme, RandomIds.secure()))));
    }

    private KasConfig kasConfig(ForgeApp forge, InetSocketAddress api, URI external) throws IOException {
        Path secret = forge.kasSecretFile();
        URI forgeUrl = URI.create("http://" + Addresses.reachable(forge.httpAddress()));
        return new KasConfig(
                GitLabConfig.local(forgeUrl, secret, external),
                config.agent(),
                config.observability(),
                new ApiConfig(ListenConfig.plain(api), secret, config.agent().connectionAgeMax()));
    }

    private PemIdentity issue(LocalCa ca, InetSocketAddress https, URI external) {
        Set<String> names = CertificateNames.of(https.getAddress(), config.names());
        names.add(external.getHost().replaceAll("[\\[\\]]", ""));
        return ca.serverIdentity("server", names);
    }

    private ReadyFile describe(ForgeConfig told, InetSocketAddress http, LocalCa ca, ForgeApp forge, KasApp kas) {
        return new ReadyFile(
                Optional.of(told.externalUrl().toString()),
                Optional.of("http://" + Addresses.reachable(http)),
                Optional.of(told.kas().url().toString()),
                Optional.of(told.kas().proxyUrl().toString()),
                Optional.of((agentsSpeakTls() ? "grpcs://" : "grpc://") + Addresses.reachable(kas.agentAddress())),
                Optional.of("http://" + Addresses.reachable(kas.observabilityAddress())),
                config.https().identity().isPresent()
                        ? Optional.empty()
                        : Optional.of(ca.certificateFile().toAbsolutePath().toString()),
                Optional.of(forge.adminTokenFile().toAbsolutePath().toString()));
    }

    /** The agents' listener, for those that come by the public one. It is this process: there is nobody to verify. */
    private Origin agents(KasApp kas) {
        Origin plain = plain(kas.agentAddress());
        return agentsSpeakTls() ? Origin.unverified(plain.host(), plain.port()) : plain;
    }

    private boolean agentsSpeakTls() {
        return config.agent().listen().identity().isPresent();
    }

    private static Origin plain(InetSocketAddress address) {
        InetSocketAddress local = Addresses.local(address);
        return Origin.plain(local.getAddress().getHostAddress(), local.getPort());
    }
}
