package io.fairlead.kube.lease;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.fairlead.kube.client.KubeClient;
import io.fairlead.testing.time.ManualTime;
import io.fairlead.wire.http.ClientConfig;
import io.fairlead.wire.http.HttpClient;
import io.fairlead.wire.http.Origin;
import io.fairlead.wire.loop.EventLoops;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real HTTP before a Lease that is kept as an API server keeps it: by its version. */
class LeadershipTest {
    private static final String PATH = "/apis/coordination.k8s.io/v1/namespaces/ns/leases";

    private final ManualTime time = new ManualTime();
    private final EventLoops loops = EventLoops.of(1, "test-lease");
    private final HttpClient client = new HttpClient(loops, ClientConfig.DEFAULT);
    private HttpServer server;
    private String lease = "";
    private int version;
    private int broken;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            int status =
                    answer(exchange.getRequestMethod(), exchange.getRequestURI().getPath(), body);
            byte[] bytes = (status < 300 ? lease : "{}").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    private synchronized int answer(String method, String path, String body) {
        if (broken != 0) {
            return broken;
        }
        return switch (method + " " + path) {
            case "GET " + PATH + "/agentk" -> lease.isEmpty() ? 404 : 200;
            case "POST " + PATH -> {
                if (!lease.isEmpty()) {
                    yield 409;
                }
                keep(body.replace("\"name\":\"agentk\"", "\"name\":\"agentk\",\"resourceVersion\":\"\""));
                yield 201;
            }
            case "PUT " + PATH + "/agentk" -> {
                if (!body.contains("\"resourceVersion\":\"" + version + "\"")) {
                    yield 409;
                }
                keep(body);
                yield 200;
            }
            default -> 405;
        };
    }

    private void keep(String body) {
        version++;
        lease = body.replaceFirst("\"resourceVersion\":\"\\d*\"", "\"resourceVersion\":\"" + version + "\"");
    }

    @AfterEach
    void stop() throws Exception {
        server.stop(0);
        client.close();
        loops.close();
    }

    private Leadership pod(String name) {
        Origin origin = Origin.plain("127.0.0.1", server.getAddress().getPort());
        Leadership pod = new Leadership(
                new KubeClient(client, origin, "", Optional::empty, "test"),
                "ns",
                name,
                time,
                InstantSource.fixed(Instant.parse("2026-11-24T10:00:00Z")),
                new Random(1));
        pod.begin("agentk");
        return pod;
    }

    @Test
    void theFirstLeadsAndTheOtherFollows() throws Exception {
        Leadership one = pod("one");
        Leadership two = pod("two");
        one.round();
        two.round();
        assertThat(one.leading()).isTrue();
        assertThat(two.leading()).isFalse();
        assertThat(lease).contains("\"holderIdentity\":\"one\"", "\"renewTime\":\"2026-11-24T10:00:00.000000Z\"");
        for (int i = 0; i < 20; i++) {
            time.pass(Duration.ofSeconds(4));
            one.round();
            two.round();
        }
        assertThat(one.leading()).isTrue();
        assertThat(two.leading()).isFalse();
    }

    @Test
    void whoIsNotHeardOfForItsDurationIsFollowedByAnother() throws Exception {
        Leadership one = pod("one");
        Leadership two = pod("two");
        one.round();
        two.round();
        time.pass(Leadership.DURATION.minusSeconds(1));
        two.round();
        assertThat(two.leading()).isFalse();
        time.pass(Duration.ofSeconds(2));
        two.round();
        assertThat(two.leading()).isTrue();
        assertThat(lease).contains("\"leaseTransitions\":2");
        one.round();
        assertThat(one.leading()).isFalse();
    }

    @Test
    void whoStopsGivesItBack() throws Exception {
        Leadership one = pod("one");
        Leadership two = pod("two");
        one.round();
        one.close();
        two.round();
        assertThat(one.leading()).isFalse();
        assertThat(two.leading()).isTrue();
    }

    @Test
    void whoCannotRenewLeadsNoLongerBeforeAnotherMayBegin() throws Exception {
        Leadership one = pod("one");
        one.round();
        broken = 500;
        time.pass(Duration.ofSeconds(9));
        one.round();
        assertThat(one.leading()).isTrue();
        time.pass(Duration.ofSeconds(2));
        one.round();
        assertThat(one.leading()).isFalse();
        broken = 0;
        one.round();
        assertThat(one.leading()).isTrue();
    }

    @Test
    void whoMayNotUseLeasesLeads() throws Exception {
        broken = 403;
        Leadership one = pod("one");
        one.round();
        assertThat(one.leading()).isTrue();
    }
}
