package io.fairlead.base.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.net.ListenFailure;
import io.fairlead.base.thread.VirtualThreads;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Serves {@code /metrics}, {@code /liveness} and {@code /readiness} to operators. Liveness answers while the process
 * serves at all; readiness answers 500 with the reason while a part is missing, as GitLab's kas does.
 */
public final class ObservabilityListener implements Stage {
    private static final int BACKLOG = 16;

    static {
        // The JDK's server reads its bounds once, from properties; without them one client may hold it for ever.
        System.setProperty("jdk.httpserver.maxConnections", "64");
        System.setProperty("sun.net.httpserver.maxReqTime", "10");
        System.setProperty("sun.net.httpserver.maxRspTime", "10");
    }

    private final ObservabilityConfig config;
    private final Optional<SSLContext> tls;
    private final PrometheusRegistry registry;
    private final Readiness readiness;
    private final String product;
    private final PrometheusTextFormatWriter writer = new PrometheusTextFormatWriter(true);
    private final ExecutorService requests = VirtualThreads.perTask("observability");
    private @Nullable HttpServer server;

    /** {@code product} is the value of the Server header. */
    public ObservabilityListener(
            ObservabilityConfig config,
            Optional<SSLContext> tls,
            PrometheusRegistry registry,
            Readiness readiness,
            String product) {
        this.config = config;
        this.tls = tls;
        this.registry = registry;
        this.readiness = readiness;
        this.product = product;
    }

    @Override
    public void start() throws IOException {
        HttpServer starting = open();
        starting.setExecutor(requests);
        starting.createContext("/", exchange -> answer(exchange, 404, "no such page: try " + config.metricsPath()));
        starting.createContext(config.metricsPath(), this::metrics);
        starting.createContext(config.livenessPath(), exchange -> answer(exchange, 200, "ok"));
        starting.createContext(config.readinessPath(), this::readiness);
        starting.start();
        server = starting;
    }

    /** Where it listens once started. */
    public InetSocketAddress address() {
        HttpServer running = server;
        if (running == null) {
            throw new IllegalStateException("the observability listener has not started");
        }
        return running.getAddress();
    }

    @Override
    public void close() {
        if (server != null) {
            server.stop(0);
        }
        requests.shutdownNow();
    }

    private HttpServer open() throws IOException {
        try {
            if (tls.isEmpty()) {
                return HttpServer.create(config.address(), BACKLOG);
            }
            HttpsServer secure = HttpsServer.create(config.address(), BACKLOG);
            secure.setHttpsConfigurator(new HttpsConfigurator(tls.get()));
            return secure;
        } catch (BindException e) {
            throw ListenFailure.of("metrics and probes", config.address(), e);
        }
    }

    private void metrics(HttpExchange exchange) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        writer.write(text, registry.scrape());
        answer(exchange, 200, writer.getContentType(), text.toByteArray());
    }

    private void readiness(HttpExchange exchange) throws IOException {
        Optional<String> problem = readiness.problem();
        answer(exchange, problem.isPresent() ? 500 : 200, problem.orElse("ok"));
    }

    private void answer(HttpExchange exchange, int status, String text) throws IOException {
        answer(exchange, status, "text/plain; charset=utf-8", (text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private void answer(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        try (exchange) {
            boolean readable = exchange.getRequestMethod().equals("GET")
                    || exchange.getRequestMethod().equals("HEAD");
            exchange.getResponseHeaders().set("Server", product);
            exchange.getResponseHeaders().set("Content-Type", type);
            if (!readable) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                exchange.sendResponseHeaders(405, -1);
            } else if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.sendResponseHeaders(status, -1);
            } else {
                exchange.sendResponseHeaders(status, body.length);
                exchange.getResponseBody().write(body);
            }
        }
    }
}
