package io.fairlead.link.tunnel.kas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.gitlab.api.AccessChanges;
import io.fairlead.link.fake.Agents;
import io.fairlead.link.identity.AgentInfo;
import io.fairlead.link.identity.AgentToken;
import io.fairlead.link.identity.AgentTokens;
import io.fairlead.link.tunnel.rpc.AgentDescriptor;
import io.fairlead.link.tunnel.rpc.AgentFrame;
import io.fairlead.link.tunnel.rpc.Method;
import io.fairlead.link.tunnel.rpc.Service;
import io.fairlead.testing.time.ManualTime;
import io.fairlead.wire.grpc.StreamEnd;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whose stream it is: GitLab says, sooner or later. */
class TunnelServiceTest {
    private static final Context.Key<AgentToken> TOKEN = Context.key("token");
    private static final long AGENT = 7;

    private final ManualTime time = new ManualTime();
    private final TunnelRegistry registry = new TunnelRegistry(TunnelRegistry.Limits.DEFAULT, time, time.clock());
    private final FakeServerCall call = new FakeServerCall();
    private Status refusal = Status.UNAVAILABLE;
    private boolean known;
    private boolean broken;
    private int asked;

    private CompletionStage<AgentInfo> authenticate() {
        asked++;
        if (broken) {
            throw new IllegalStateException("broken");
        }
        return known
                ? CompletableFuture.completedFuture(Agents.agent(AGENT, 3))
                : CompletableFuture.failedFuture(refusal.asRuntimeException());
    }

    private TunnelService service =
            new TunnelService(token -> authenticate(), TOKEN, registry, StreamEnd.NEVER, time, new Random(1));

    private ServerCall.Listener<AgentFrame> connect() {
        return connect(AgentDescriptor.getDefaultInstance());
    }

    private ServerCall.Listener<AgentFrame> connect(AgentDescriptor descriptor) {
        return connect("secret", descriptor);
    }

    private ServerCall.Listener<AgentFrame> connect(String token, AgentDescriptor descriptor) {
        Context before =
                Context.current().withValue(TOKEN, new AgentToken(token)).attach();
        try {
            ServerCall.Listener<AgentFrame> stream = service.startCall(call, new Metadata());
            stream.onMessage(new AgentFrame.Describe(descriptor));
            return stream;
        } finally {
            Context.current().detach(before);
        }
    }

    private void pass(Duration whole) {
        for (Duration left = whole; left.isPositive(); left = left.minusMillis(100)) {
            time.pass(Duration.ofMillis(100));
        }
    }

    @Test
    void keepsAStreamWhileGitLabIsAwayAndServesWithinSixSecondsOfItsReturn() {
        connect();
        pass(Duration.ofMinutes(10));
        assertThat(call.ends).isEmpty();
        assertThat(registry.idleStreams(AGENT)).isZero();
        known = true;
        pass(Duration.ofSeconds(6));
        assertThat(registry.idleStreams(AGENT)).isEqualTo(1);
    }

    @Test
    void forgetsAStreamOfAConnectionThatIsTooOldForIt() {
        known = true;
        StreamEnd atOnce = told -> {
            told.run();
            return () -> {};
        };
        service = new TunnelService(token -> authenticate(), TOKEN, registry, atOnce, time, new Random(1));
        service.tokenWatch().start();
        connect();
        assertThat(call.ends).extracting(Status::getCode).containsExactly(Status.Code.OK);
        int before = asked;
        pass(TokenWatch.PERIOD.plusSeconds(1));
        assertThat(asked).isEqualTo(before);
    }

    @Test
    void doesNotAskMoreOftenThanEveryFourSecondsForLong() {
        connect();
        pass(Duration.ofMinutes(10));
        assertThat(asked).isBetween(600 / 6, 600 / 4 + 10);
    }

    @Test
    void endsAStreamThatNobodyCanSayAnythingAboutForAnHour() {
        connect();
        pass(Duration.ofHours(1));
        assertThat(call.ends).extracting(Status::getCode).containsExactly(Status.Code.UNAVAILABLE);
        assertThat(time.planned()).isZero();
    }

    /** Found by attacking it: one good token could open streams without bound. */
    @Test
    void refusesMoreStreamsThanAnAgentMayHave() {
        known = true;
        ServerCall.Listener<AgentFrame> first = connect();
        for (int more = 1; more < 500; more++) {
            connect();
        }
        assertThat(call.ends).isEmpty();
        connect();
        assertThat(call.ends).hasSize(1).allSatisfy(end -> {
            assertThat(end.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(end.getDescription()).contains("has 500 tunnel streams open");
        });
        assertThat(registry.streams(AGENT)).isEqualTo(500);
        first.onCancel();
        connect();
        assertThat(call.ends).hasSize(1);
    }

    @Test
    void doesNotAskForAStreamThatHasEnded() {
        ServerCall.Listener<AgentFrame> stream = connect();
        stream.onCancel();
        int before = asked;
        pass(Duration.ofMinutes(1));
        assertThat(asked - before).isLessThanOrEqualTo(1);
        assertThat(time.planned()).isZero();
    }

    @Test
    void endsTheStreamsOfATokenThatWasRevokedLater() {
        known = true;
        service.tokenWatch().start();
        connect();
        pass(Duration.ofMinutes(2));
        assertThat(registry.idleStreams(AGENT)).isEqualTo(1);

        known = false;
        pass(TokenWatch.PERIOD);
        assertThat(call.ends)
                .as("GitLab is away, which says nothing of the token")
                .isEmpty();

        refusal = Status.UNAUTHENTICATED;
        pass(TokenWatch.PERIOD);
        assertThat(call.ends).extracting(Status::getCode).containsExactly(Status.Code.UNAUTHENTICATED);
        assertThat(registry.idleStreams(AGENT)).isZero();

        int before = asked;
        pass(TokenWatch.PERIOD.multipliedBy(2));
        assertThat(asked).as("nobody shows it any more").isEqualTo(before);
        service.tokenWatch().close();
        assertThat(time.planned()).isZero();
    }

    /** A token that may be revoked waits for none of those about which nothing is known to have changed. */
    @Test
    void asksAboutTheTokensOfAnAgentThatIsNamedBeforeAllOthers() {
        List<String> order = new ArrayList<>();
        AgentTokens tokens = new AgentTokens() {
            @Override
            public CompletionStage<AgentInfo> authenticate(AgentToken token) {
                order.add(token.secret());
                return CompletableFuture.completedFuture(Agents.agent(Long.parseLong(token.secret()), 3));
            }

            @Override
            public boolean remembers(AgentToken token) {
                return false;
            }
        };
        service = new TunnelService(tokens, TOKEN, registry, StreamEnd.NEVER, time, new Random(1));
        for (int agent = 1; agent <= 100; agent++) {
            connect(Integer.toString(agent), AgentDescriptor.getDefaultInstance());
        }
        order.clear();
        service.tokenWatch().changed(AccessChanges.everything(1));
        assertThat(order).hasSize(TokenWatch.ASKED_AT_ONCE);
        String last = IntStream.rangeClosed(1, 100)
                .mapToObj(Integer::toString)
                .filter(agent -> !order.contains(agent))
                .toList()
                .getLast();
        order.clear();
        service.tokenWatch()
                .changed(new AccessChanges(2, false, false, Set.of(), Set.of(Long.parseLong(last)), Set.of()));
        assertThat(order).containsExactly(last);
    }

    @Test
    void looksAtTokensAgainAfterALookThatFailed() {
        known = true;
        service.tokenWatch().start();
        connect();
        broken = true;
        assertThatThrownBy(() -> time.pass(TokenWatch.PERIOD)).hasMessage("broken");

        broken = false;
        known = false;
        refusal = Status.UNAUTHENTICATED;
        pass(TokenWatch.PERIOD);

        assertThat(call.ends).extracting(Status::getCode).containsExactly(Status.Code.UNAUTHENTICATED);
    }

    /** Found by attacking it: 572 KB of names unfolded to 4.5 GB. */
    @Test
    void refusesADescriptorThatWouldUnfoldWithoutBound() {
        known = true;
        Service.Builder huge = Service.newBuilder().setName("s".repeat(10_000));
        for (int i = 0; i < 100; i++) {
            huge.addMethods(Method.newBuilder().setName("m" + i));
        }
        connect(AgentDescriptor.newBuilder().addServices(huge).build());
        assertThat(call.ends).extracting(Status::getCode).containsExactly(Status.Code.INVALID_ARGUMENT);
        assertThat(registry.idleStreams(AGENT)).isZero();
    }

    @Test
    void endsAStreamWhoseTokenIsRefused() {
        refusal = Status.UNAUTHENTICATED;
        connect();
        assertThat(call.ends).extracting(Status::getCode).containsExactly(Status.Code.UNAUTHENTICATED);
        assertThat(time.planned()).isZero();
    }
}
