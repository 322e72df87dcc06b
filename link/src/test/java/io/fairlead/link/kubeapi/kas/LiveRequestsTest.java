package io.fairlead.link.kubeapi.kas;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.gitlab.api.AccessChanges;
import io.fairlead.link.identity.Identity;
import io.fairlead.link.identity.ProxyAccess;
import io.fairlead.link.identity.ProxyCredential;
import io.fairlead.link.identity.ProxyDecision;
import io.fairlead.testing.time.ManualTime;
import io.fairlead.wire.http.Headers;
import io.fairlead.wire.http.HttpExchange;
import io.fairlead.wire.http.RequestHead;
import io.fairlead.wire.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Thousands of requests that run, and a GitLab that answers about few of them in a second. */
class LiveRequestsTest {
    private static final int MANY = 5_000;
    private static final AccessChanges EVERYONE = new AccessChanges(1, false, true, Set.of(), Set.of(), Set.of());

    private final ManualTime time = new ManualTime();
    private final Deque<Runnable> loop = new ArrayDeque<>();
    private final SlowGitLab gitlab = new SlowGitLab();
    private final List<Long> cut = new ArrayList<>();
    private LiveRequests live;

    /** Lets in at once, and answers whatever else it is asked when it is told to. */
    private static final class SlowGitLab implements ProxyAccess {
        private final Map<Long, CompletableFuture<ProxyDecision>> open = new LinkedHashMap<>();
        private final List<Long> asked = new ArrayList<>();

        private static ProxyDecision allowed(long user) {
            return new ProxyDecision.Allowed(
                    7, Optional.empty(), Optional.empty(), new Identity.TokenUser(user, "user" + user));
        }

        private static long user(ProxyCredential credential) {
            return Long.parseLong(((ProxyCredential.PersonalAccessToken) credential).token());
        }

        @Override
        public CompletionStage<ProxyDecision> decide(ProxyCredential credential, SocketAddress client) {
            return CompletableFuture.completedFuture(allowed(user(credential)));
        }

        @Override
        public CompletionStage<ProxyDecision> review(ProxyCredential credential, SocketAddress client) {
            asked.add(user(credential));
            return open.computeIfAbsent(user(credential), any -> new CompletableFuture<>());
        }

        void answer(long user, ProxyDecision decision) {
            CompletableFuture<ProxyDecision> question = open.remove(user);
            if (question == null) {
                throw new AssertionError("nobody asked about " + user);
            }
            question.complete(decision);
        }

        void confirmOldest() {
            long user = open.keySet().iterator().next();
            answer(user, allowed(user));
        }
    }

    /** Nothing of it but its loop is of use here. */
    private final class NoExchange implements HttpExchange {
        private final Executor executor = loop::add;

        @Override
        public RequestHead request() {
            return new RequestHead("GET", "/", Headers.empty());
        }

        @Override
        public Executor loop() {
            return executor;
        }

        @Override
        public boolean inLoop() {
            return true;
        }

        @Override
        public ByteBufAllocator allocator() {
            return ByteBufAllocator.DEFAULT;
        }

        @Override
        public SocketAddress client() {
            return InetSocketAddress.createUnresolved("client", 1);
        }

        @Override
        public boolean http11() {
            return true;
        }

        @Override
        public void demand() {}

        @Override
        public void respond(ResponseHead head) {}

        @Override
        public void upgrade(ResponseHead head) {}

        @Override
        public void write(ByteBuf data) {
            data.release();
        }

        @Override
        public boolean writable() {
            return true;
        }

        @Override
        public void end() {}

        @Override
        public void abort() {}
    }

    @BeforeEach
    void manyAreAtWork() {
        live = new LiveRequests(new LiveRequests.Limits(Duration.ofHours(1), Duration.ofSeconds(60)), time);
        live.start();
        NoExchange exchange = new NoExchange();
        for (long user = 1; user <= MANY; user++) {
            long id = user;
            LiveRequest.Holder holder = new LiveRequest.Holder() {
                @Override
                public void decided(ProxyDecision decision) {}

                @Override
                public void cut(Refusal refusal) {
                    cut.add(id);
                }
            };
            live.live(holder, gitlab, new ProxyCredential.PersonalAccessToken(7, Long.toString(user)), exchange)
                    .begin();
        }
    }

    private void run() {
        for (Runnable task = loop.poll(); task != null; task = loop.poll()) {
            task.run();
        }
    }

    private void seconds(int count) {
        for (int i = 0; i < count; i++) {
            time.pass(Duration.ofSeconds(1));
            run();
        }
    }

    @Test
    void allAreAskedAboutOneAfterTheOtherAndNoneIsCutForWaiting() {
        live.changed(EVERYONE);
        run();
        int seconds = 0;
        while (!gitlab.open.isEmpty()) {
            assertThat(gitlab.open).hasSizeLessThanOrEqualTo(8);
            for (int i = 0; i < 25 && !gitlab.open.isEmpty(); i++) {
                gitlab.confirmOldest();
                run();
            }
            seconds(1);
            seconds++;
        }
        assertThat(seconds).isGreaterThan(3 * 60);
        assertThat(gitlab.asked).hasSize(MANY).doesNotHaveDuplicates();
        assertThat(cut).isEmpty();
    }

    @Test
    void whoIsNamedWaitsForNobodyElse() {
        live.changed(EVERYONE);
        run();
        live.changed(new AccessChanges(2, false, false, Set.of((long) MANY / 2), Set.of(), Set.of()));
        run();
        gitlab.answer(MANY / 2, new ProxyDecision.Refused(401, "Unauthorized"));
        run();
        assertThat(cut).containsExactly((long) MANY / 2);
    }

    @Test
    void changesWithoutEndCostOneTurnForEach() {
        for (int i = 0; i < 100; i++) {
            live.changed(EVERYONE);
            run();
        }
        for (int i = 0; i < 3 * MANY; i++) {
            gitlab.confirmOldest();
            run();
            if (gitlab.open.isEmpty()) {
                break;
            }
        }
        // Those that were being asked about when the last came are asked about once more.
        assertThat(gitlab.asked).hasSizeBetween(MANY, MANY + 8);
        assertThat(cut).isEmpty();
    }

    /** Whether their turn has come or not. */
    @Test
    void allAreCutWhenGitLabAnswersNobodyForTooLong() {
        live.changed(EVERYONE);
        run();
        seconds(50);
        assertThat(cut).isEmpty();
        seconds(20);
        assertThat(cut).contains(1L, (long) MANY).hasSizeGreaterThanOrEqualTo(MANY);
    }
}
