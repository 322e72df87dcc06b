package io.fairlead.link.identity.kas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fairlead.base.time.SystemScheduler;
import io.fairlead.gitlab.api.AccessChanges;
import io.fairlead.gitlab.api.GitLabClient;
import io.fairlead.gitlab.api.GitLabClientConfig;
import io.fairlead.gitlab.jwt.KasJwt;
import io.fairlead.gitlab.jwt.KasSecret;
import io.fairlead.link.identity.AccessListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A forge that tells changes, as its kas hears it. */
class AccessWatchTest {
    private final SystemScheduler scheduler = new SystemScheduler("test-time");
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile int status = 200;
    private volatile @Nullable HttpExchange open;
    private HttpServer forge;
    private GitLabClient client;
    private AccessWatch watch;

    @BeforeEach
    void start() throws Exception {
        forge = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        forge.setExecutor(threads);
        forge.createContext("/api/v4/internal/kubernetes/access_changes", this::serve);
        forge.start();
        URI url = URI.create("http://127.0.0.1:" + forge.getAddress().getPort());
        client = new GitLabClient(
                GitLabClientConfig.of(url, "gitlab-kas/test/0"),
                new KasJwt(KasSecret.ofBytes(new byte[32], "test"), Clock.systemUTC()),
                scheduler);
        AccessListener listener = new AccessListener() {
            @Override
            public void changed(AccessChanges changes) {
                heard.add(changes.line());
            }

            @Override
            public void lost(String why) {
                heard.add("lost");
            }

            @Override
            public void found() {
                heard.add("found");
            }
        };
        watch = new AccessWatch(
                client,
                new AccessWatch.Limits(Duration.ofSeconds(3), Duration.ofMillis(200)),
                List.of(listener),
                scheduler,
                new Random(1));
    }

    @AfterEach
    void stop() {
        watch.close();
        forge.stop(0);
        client.close();
        threads.shutdownNow();
        scheduler.close();
    }

    private void serve(HttpExchange exchange) throws IOException {
        asked.incrementAndGet();
        int now = status;
        exchange.sendResponseHeaders(now, now == 200 ? 0 : -1);
        if (now == 200) {
            open = exchange;
            send("{\"position\":7}\n");
        } else {
            exchange.close();
        }
    }

    private void send(String text) throws IOException {
        HttpExchange exchange = open;
        if (exchange != null) {
            exchange.getResponseBody().write(text.getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
        }
    }

    private void breakOff() {
        HttpExchange exchange = open;
        open = null;
        if (exchange != null) {
            exchange.close();
        }
    }

    @Test
    void tellsWhatItHearsAfterTheBeginningWhichMayBeAnything() throws Exception {
        watch.start();
        await().until(() -> heard.size() == 1);
        assertThat(AccessChanges.parse(heard.getFirst()).everything()).isTrue();
        send("{\"position\":7}\n{\"position\":8,\"users\":[5]}\n");
        await().until(() -> heard.size() == 2);
        assertThat(AccessChanges.parse(heard.getLast()))
                .isEqualTo(new AccessChanges(8, false, false, Set.of(5L), Set.of(), Set.of()));
        assertThat(watch.listening()).isTrue();
    }

    @Test
    void listensAgainAndTakesEverythingForChanged() {
        watch.start();
        await().until(() -> heard.size() == 1);
        breakOff();
        await().until(() -> heard.size() == 2);
        assertThat(AccessChanges.parse(heard.getLast()).everything()).isTrue();
    }

    @Test
    void whatCannotBeUnderstoodEndsTheStream() throws Exception {
        watch.start();
        await().until(() -> heard.size() == 1);
        send("<html>\n");
        await().until(() -> asked.get() == 2 && heard.size() == 2);
    }

    @Test
    void saysOnceThatGitLabIsLostAndThatItIsFound() throws Exception {
        status = 503;
        watch.start();
        await().atMost(Duration.ofSeconds(15)).until(() -> heard.equals(List.of("lost")));
        status = 200;
        await().atMost(Duration.ofSeconds(15)).until(() -> heard.size() == 3);
        assertThat(AccessChanges.parse(heard.get(1)).everything()).isTrue();
        assertThat(heard.get(2)).isEqualTo("found");
    }

    /** A real GitLab: that it answers is enough. */
    @Test
    void aGitLabWithoutTheStreamIsNotLost() {
        status = 404;
        watch.start();
        await().atMost(Duration.ofSeconds(20)).until(() -> asked.get() >= 20);
        assertThat(heard).isEmpty();
        assertThat(watch.listening()).isFalse();
        status = 200;
        await().until(() -> heard.size() == 1);
    }

    @Test
    void silenceEndsTheStream() {
        watch.start();
        await().until(() -> heard.size() == 1);
        await().atMost(AccessWatch.LINE_WITHIN.plusSeconds(10)).until(() -> heard.size() == 4);
        assertThat(heard.get(1)).isEqualTo("lost");
        assertThat(AccessChanges.parse(heard.get(2)).everything()).isTrue();
        assertThat(heard.get(3)).isEqualTo("found");
    }
}
