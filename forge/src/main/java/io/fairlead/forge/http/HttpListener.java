package io.fairlead.forge.http;

import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.net.ListenFailure;
import io.fairlead.forge.api.Request;
import io.fairlead.forge.api.Router;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Predicate;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The server: one connector, a virtual thread per request, everything handed to the router as it came.
 *
 * <p>Closing refuses new requests, waits {@link #DRAIN_MAX} for those in progress, then cuts them off.
 */
public final class HttpListener implements Stage {
    static final Duration DRAIN_MAX = Duration.ofSeconds(5);

    private static final int OWN_THREADS = 2;
    private static final int OWN_THREADS_MAX = 4;

    private final InetSocketAddress listen;
    private final Server server;
    private final ServerConnector connector;

    /** @param ofKas whether a request bears kas's signature; such requests find room when all others wait */
    public HttpListener(HttpListenerConfig config, Router router, Predicate<Request> ofKas) {
        listen = config.address();
        // Only accepting and selecting, which would wait for a turn behind other work as virtual threads.
        QueuedThreadPool threads = new QueuedThreadPool(OWN_THREADS_MAX, OWN_THREADS, -1, 0, null, null);
        threads.setName("forge-http");
        // Not bounded here: RequestSlots bounds what is worked on, and knows whose request it is.
        threads.setVirtualThreadsExecutor(VirtualThreads.getNamedVirtualThreadsExecutor("forge-request"));
        server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        // Encoded slashes and dots are part of GitLab's paths; our router decodes each segment once and normalises
        // nothing.
        http.setUriCompliance(UriCompliance.UNSAFE);
        http.setSendServerVersion(false);
        http.setSendDateHeader(true);
        http.setRequestHeaderSize(config.headerBytesMax());
        connector = new ServerConnector(server, null, null, null, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(config.address().getAddress().getHostAddress());
        connector.setPort(config.address().getPort());
        connector.setIdleTimeout(config.idleMax().toMillis());
        server.addConnector(connector);
        server.setErrorHandler(new JsonErrors());
        server.setHandler(new GracefulHandler(new RouterHandler(router, ofKas, config)));
        server.setStopTimeout(DRAIN_MAX.toMillis());
    }

    @Override
    public void start() throws Exception {
        try {
            server.start();
        } catch (IOException e) {
            // Jetty keeps running what it had started before the connector.
            server.stop();
            throw ListenFailure.of("HTTP", listen, e);
        }
    }

    /** Where it listens, with the port that was chosen when 0 was asked for. */
    public InetSocketAddress address() {
        return new InetSocketAddress(connector.getHost(), connector.getLocalPort());
    }

    @Override
    public void close() throws Exception {
        server.stop();
    }
}
