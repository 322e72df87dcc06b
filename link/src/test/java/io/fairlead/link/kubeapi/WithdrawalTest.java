package io.fairlead.link.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fairlead.gitlab.api.AccessChanges;
import io.fairlead.link.identity.Identity;
import io.fairlead.link.identity.Impersonation;
import io.fairlead.link.identity.ProxyAccess;
import io.fairlead.link.identity.ProxyCredential;
import io.fairlead.link.identity.ProxyDecision;
import io.fairlead.testing.RawSocket;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What runs is cut when its right ends, and only then. */
class WithdrawalTest {
    private static final long ANN = 1;
    private static final long BOB = 2;
    private static final ProxyDecision GONE = new ProxyDecision.Refused(401, "Unauthorized");

    private final Rights rights = new Rights();
    private Line line;

    /** Ann is whoever shows "ann", and so on. */
    private static final class Rights implements ProxyAccess {
        private final Map<String, ProxyDecision> decisions = new ConcurrentHashMap<>();
        private final Map<String, CompletableFuture<ProxyDecision>> held = new ConcurrentHashMap<>();
        private final AtomicInteger asked = new AtomicInteger();
        private volatile Duration answerAfter = Duration.ZERO;

        Rights() {
            decisions.put("ann", as(ANN, "ann"));
            decisions.put("bob", as(BOB, "bob"));
        }

        static ProxyDecision as(long id, String name) {
            return new ProxyDecision.Allowed(
                    Line.AGENT_ID,
                    Optional.empty(),
                    Optional.of(new Impersonation("gitlab:user:" + name, List.of(), "", Map.of())),
                    new Identity.TokenUser(id, "someone"));
        }

        @Override
        public CompletionStage<ProxyDecision> decide(ProxyCredential credential, SocketAddress client) {
            asked.incrementAndGet();
            String token = ((ProxyCredential.PersonalAccessToken) credential).token();
            CompletableFuture<ProxyDecision> waiting = held.remove(token);
            ProxyDecision decision = decisions.get(token);
            if (waiting != null || answerAfter.isZero()) {
                return waiting == null ? CompletableFuture.completedFuture(decision) : waiting;
            }
            return CompletableFuture.supplyAsync(
                    () -> decision, CompletableFuture.delayedExecutor(answerAfter.toMillis(), TimeUnit.MILLISECONDS));
        }
    }

    @BeforeEach
    void open() throws Exception {
        line = new Line("grpc");
        line.access = rights;
        line.connected();
    }

    @AfterEach
    void close() throws Exception {
        line.api.events.release(100);
        line.close();
    }

    private static String get(String path, String token) {
        return Line.get(path).replace(":token", ":" + token);
    }

    private RawSocket watch(String token) throws Exception {
        RawSocket client = line.client();
        client.send(get("/watch", token));
        client.readHead();
        return client;
    }

    private void changed(Long... users) {
        line.live.changed(new AccessChanges(1, false, false, Set.of(users), Set.of(), Set.of()));
    }

    @Test
    void aWatchIsCutAndOthersLiveOn() throws Exception {
        try (RawSocket ann = watch("ann");
                RawSocket bob = watch("bob")) {
            rights.decisions.put("ann", GONE);
            changed(ANN);
            assertThat(ann.readToEnd()).doesNotContain("0\r\n\r\n");
            changed(BOB);
            line.live.changed(AccessChanges.everything(2));
            // The API server's end of ann's watch takes up to three of them.
            line.api.events.release(6);
            assertThat(new String(bob.readSome(100), StandardCharsets.US_ASCII)).contains("event 0");
            assertThat(line.counters.cut()).isOne();
        }
    }

    @Test
    void anExecIsCut() throws Exception {
        try (RawSocket ann = line.client()) {
            ann.send(Line.request("GET", "/exec", "Connection: Upgrade\r\nUpgrade: websocket\r\n")
                    .replace(":token", ":ann"));
            ann.readHead();
            assertThat(ann.read(6)).isEqualTo("ready;");
            rights.decisions.put("ann", GONE);
            line.live.changed(new AccessChanges(1, false, false, Set.of(), Set.of(Line.AGENT_ID), Set.of()));
            assertThat(ann.ends()).isTrue();
        }
        await().until(() -> line.tunnels.idleStreams(Line.AGENT_ID) >= 2);
    }

    /** Between two frames of a WebSocket there is room for words. */
    @Test
    void aWebSocketIsClosedWithTheReason() throws Exception {
        // A text frame.
        line.api.greeting = "\u0081\u0005hello";
        try (RawSocket ann = line.client()) {
            ann.send(Line.request("GET", "/exec", "Connection: Upgrade\r\nUpgrade: websocket\r\n")
                    .replace(":token", ":ann"));
            ann.readHead();
            assertThat(ann.read(7)).endsWith("hello");
            rights.decisions.put("ann", GONE);
            changed(ANN);
            String reason = "GitLab Agent Server: Unauthorized (access was withdrawn while the request ran)";
            assertThat(ann.read(4 + reason.length()))
                    .isEqualTo("\u0088" + (char) (2 + reason.length()) + "\u0003\u00f0" + reason);
            assertThat(ann.ends()).isTrue();
        }
    }

    /** An end in order would say that all has come. */
    @Test
    void aStreamOfBytesEndsInDisorder() throws Exception {
        try (RawSocket ann = line.client()) {
            ann.send(Line.request("POST", "/exec", "Connection: Upgrade\r\nUpgrade: SPDY/3.1\r\n")
                    .replace(":token", ":ann"));
            ann.readHead();
            assertThat(ann.read(6)).isEqualTo("ready;");
            rights.decisions.put("ann", GONE);
            changed(ANN);
            assertThatThrownBy(() -> ann.readSome(1))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("reset");
        }
    }

    /** Before the answer's head there is room for words. */
    @Test
    void aRequestWithoutAnswerIsToldWhy() throws Exception {
        try (RawSocket ann = line.client()) {
            ann.send(get("/stay", "ann"));
            await().until(() -> line.api.heads.size() == 1);
            rights.decisions.put("ann", GONE);
            changed(ANN);
            RawSocket.Answer answer = ann.readAnswer();
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.body())
                    .contains("GitLab Agent Server: Unauthorized (access was withdrawn while the request ran)");
        }
    }

    @Test
    void whoIsNowSomebodyElseIsCut() throws Exception {
        try (RawSocket ann = watch("ann")) {
            rights.decisions.put("ann", Rights.as(ANN, "ann-renamed"));
            changed(ANN);
            assertThat(ann.ends()).isTrue();
        }
    }

    @Test
    void nobodyIsAskedAboutWhomNothingConcerns() throws Exception {
        try (RawSocket ann = watch("ann")) {
            int before = rights.asked.get();
            line.live.changed(new AccessChanges(1, false, false, Set.of(BOB), Set.of(8L), Set.of(ANN)));
            changed(ANN);
            await().until(() -> rights.asked.get() > before);
            assertThat(rights.asked.get()).isEqualTo(before + 1);
            line.api.events.release(1);
            assertThat(ann.read(12)).isEqualTo("7\r\nevent 0\r\n");
        }
    }

    /** The answer was given before the change, and comes after it. */
    @Test
    void anAnswerThatAChangeOvertookIsWorthNothing() throws Exception {
        CompletableFuture<ProxyDecision> slow = new CompletableFuture<>();
        rights.held.put("ann", slow);
        try (RawSocket ann = line.client();
                RawSocket bob = line.client()) {
            ann.send(get("/api", "ann"));
            await().until(() -> !rights.held.containsKey("ann"));
            ProxyDecision old = rights.decisions.put("ann", GONE);
            changed(ANN);
            // The change has reached ann's loop once a request on each of them was served.
            for (int i = 0; i < 4; i++) {
                try (RawSocket other = line.client()) {
                    other.send(get("/api", "bob")).readAnswer();
                }
            }
            slow.complete(old);
            assertThat(ann.readAnswer().status()).isEqualTo(401);
            assertThat(bob.send(get("/api", "bob")).readAnswer().status()).isEqualTo(200);
        }
    }

    /** Somebody shares and withdraws without end, faster than GitLab answers: they get nobody cut, and nobody turned away. */
    @Test
    void whoChangesThingsWithoutEndHarmsNobodyElse() throws Exception {
        rights.answerAfter = Duration.ofMillis(150);
        try (RawSocket ann = watch("ann");
                RawSocket bob = line.client()) {
            int before = rights.asked.get();
            AtomicBoolean enough = new AtomicBoolean();
            Thread churn = Thread.ofVirtual().start(() -> {
                while (!enough.get()) {
                    line.live.changed(new AccessChanges(1, false, true, Set.of(), Set.of(), Set.of()));
                    LockSupport.parkNanos(20_000_000);
                }
            });
            // The line bears two seconds without an answer.
            await().pollDelay(Duration.ofSeconds(4)).until(() -> rights.asked.get() > before + 5);
            assertThat(bob.send(get("/api", "bob")).readAnswer().status()).isEqualTo(200);
            line.api.events.release(1);
            assertThat(ann.read(12)).isEqualTo("7\r\nevent 0\r\n");
            rights.decisions.put("ann", GONE);
            assertThat(ann.ends()).isTrue();
            enough.set(true);
            churn.join();
            // One question at a time for the watch, six at the most for bob.
            assertThat(rights.asked.get() - before).isLessThan(80);
        }
    }

    @Test
    void aFirstAnswerCountsThatChangesOfOthersOvertook() throws Exception {
        CompletableFuture<ProxyDecision> slow = new CompletableFuture<>();
        rights.held.put("ann", slow);
        try (RawSocket ann = line.client()) {
            ann.send(get("/api", "ann"));
            await().until(() -> rights.asked.get() == 1);
            changed(BOB);
            slow.complete(rights.decisions.get("ann"));
            assertThat(ann.readAnswer().status()).isEqualTo(200);
            assertThat(rights.asked.get()).isOne();
        }
    }

    /** The test's line bears two seconds of it. */
    @ParameterizedTest
    @ValueSource(ints = {500, 429})
    void whoCannotBeAskedAboutIsCutAfterAWhile(int status) throws Exception {
        try (RawSocket ann = watch("ann")) {
            rights.decisions.put("ann", new ProxyDecision.Refused(status, "GitLab could not be asked"));
            changed(ANN);
            line.api.events.release(1);
            assertThat(ann.read(12)).isEqualTo("7\r\nevent 0\r\n");
            assertThat(ann.ends()).isTrue();
        }
    }

    @Test
    void nobodyIsLetInWhileGitLabIsLost() throws Exception {
        try (RawSocket watch = watch("ann");
                RawSocket waiting = line.client();
                RawSocket next = line.client()) {
            waiting.send(get("/stay", "bob"));
            await().until(() -> line.api.heads.size() == 2);
            line.live.lost("GitLab could not be asked");
            assertThat(watch.ends()).isTrue();
            RawSocket.Answer told = waiting.readAnswer();
            assertThat(told.status()).isEqualTo(503);
            assertThat(told.body()).contains("GitLab Agent Server: GitLab could not be asked. Trace ID");
            assertThat(next.send(get("/api", "bob")).readAnswer().status()).isEqualTo(503);
            line.live.found();
            assertThat(next.send(get("/api", "bob")).readAnswer().status()).isEqualTo(200);
        }
    }
}
