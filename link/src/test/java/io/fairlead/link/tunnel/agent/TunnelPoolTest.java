package io.fairlead.link.tunnel.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.testing.property.Property;
import io.fairlead.testing.time.ManualTime;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How many streams the agent keeps open, and how soon it has them again. */
class TunnelPoolTest {
    private static final TunnelPool.Limits OURS = TunnelPool.Limits.DEFAULT;
    private static final TunnelPool.Limits LIMITS = new TunnelPool.Limits(
            OURS.idleMin(), OURS.streamsMax(), OURS.step(), OURS.surplusAfter(), OURS.reconnect(), Duration.ZERO);
    private static final Duration TICK = Duration.ofMillis(10);
    private static final Status LOST = Status.UNAVAILABLE.withDescription("the connection was lost");

    private final ManualTime time = new ManualTime();
    private final FakeKas kas = new FakeKas();
    private final TunnelPool pool =
            new TunnelPool(kas, () -> "secret", List.of(new Swallow()), Map.of(), LIMITS, time, new Random(1));

    @BeforeEach
    void start() {
        pool.start();
    }

    @AfterEach
    void stop() throws Exception {
        pool.close();
        assertThat(kas.open).isEmpty();
    }

    @Test
    void opensTenMoreWhenOneOfTheLastTwoIsTaken() {
        assertThat(kas.idle()).hasSize(2);
        kas.idle().getFirst().take();
        assertThat(kas.idle()).hasSize(11);
        kas.idle().getFirst().take();
        assertThat(kas.idle()).hasSize(10);
    }

    @Test
    void growsToFiveHundredStreamsAndNoFurther() {
        takeAll();
        assertThat(kas.open).hasSize(500).allMatch(stream -> stream.taken);
        assertThat(pool.count()).isEqualTo(new TunnelPool.Count(500, 0));
    }

    @Test
    void opensAStreamAgainAtOnceWhenItsRequestWasAnswered() {
        takeAll();
        kas.open.getFirst().end(Status.OK);
        assertThat(kas.open).hasSize(500);
        assertThat(kas.idle()).hasSize(1);
    }

    @Test
    void letsGoOfWhatIsTooManyOnceNoneWasMissedForAMinute() {
        takeAll();
        time.pass(LIMITS.surplusAfter().plusSeconds(1));
        List.copyOf(kas.open).forEach(stream -> stream.end(Status.OK));
        assertThat(kas.idle()).hasSize(2);
        kas.idle().getFirst().take();
        assertThat(kas.idle()).hasSize(11);
    }

    @Test
    void keepsThemWhenAllWereMissedJustNow() {
        takeAll();
        List.copyOf(kas.open).forEach(stream -> stream.end(Status.OK));
        assertThat(kas.idle()).hasSize(500);
    }

    @Test
    void countsALostConnectionOnceHoweverManyStreamsItHeld() {
        for (int loss = 1; loss <= 3; loss++) {
            takeSome(20);
            kas.loseConnection();
            kas.loseConnection();
            assertThat(secondsUntil(() -> kas.idle().size() >= 2)).isLessThanOrEqualTo(1.2);
        }
    }

    /** Each stream is opened at its own moment and turned away at once, as by a front end whose kas is away. */
    @Test
    void servesWithinSixSecondsOfKassReturnHoweverLongItWasAway() {
        takeSome(40);
        kas.turnsAwayWith = LOST;
        kas.loseConnection();
        for (int seconds = 0; seconds < 300; seconds += 7) {
            pass(Duration.ofSeconds(7));
            assertThat(kas.open).isEmpty();
            assertThat(time.planned()).as("one wait for all of them").isEqualTo(1);
        }
        kas.turnsAwayWith = null;
        assertThat(secondsUntil(() -> kas.idle().size() >= 2)).isLessThanOrEqualTo(6.0);
    }

    @Test
    void asksAKasThatTurnsStreamsAwayNoMoreOftenThanItsPausesAllow() {
        kas.turnsAwayWith = Status.UNAUTHENTICATED;
        kas.loseConnection();
        int before = kas.opened;
        pass(Duration.ofMinutes(10));
        // Two streams a round; rounds are 4 to 6 s apart once they have grown.
        assertThat(kas.opened - before).isBetween(2 * 600 / 6, 2 * 600 / 4 + 10);
    }

    @Test
    void doesNotCircleWhenKasEndsEachStreamWithOkAtOnce() {
        kas.turnsAwayWith = Status.OK;
        kas.loseConnection();
        int before = kas.opened;
        pass(Duration.ofMinutes(1));
        assertThat(kas.opened - before).isLessThan(60);
    }

    @Test
    void opensAtOnceWhatEndedBecauseItsConnectionGrewOld() {
        time.pass(Duration.ofMinutes(20));
        List.copyOf(kas.open).forEach(stream -> stream.end(Status.OK));
        assertThat(kas.idle()).hasSize(2);
    }

    @Test
    void forgetsFailuresOfLongAgo() {
        kas.turnsAwayWith = LOST;
        kas.loseConnection();
        pass(Duration.ofMinutes(1));
        kas.turnsAwayWith = null;
        pass(Duration.ofMinutes(1));
        assertThat(kas.idle()).hasSize(2);
        kas.loseConnection();
        assertThat(secondsUntil(() -> kas.idle().size() == 2)).isLessThanOrEqualTo(1.2);
    }

    /** Whatever kas does, the pool stays within its bounds and has streams again soon after kas has calmed down. */
    @Test
    void staysWithinItsBoundsAndRecovers() {
        Property.holds(200, any -> live(any.random()));
    }

    private static void live(Random random) throws Exception {
        ManualTime clock = new ManualTime();
        FakeKas moody = new FakeKas();
        TunnelPool any = new TunnelPool(moody, () -> "secret", List.of(new Swallow()), Map.of(), LIMITS, clock, random);
        any.start();
        for (int step = 0; step < 400; step++) {
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> one(random, moody.idle()).forEach(FakeKas.Stream::take);
                case 3 -> one(random, moody.open).forEach(stream -> stream.end(Status.OK));
                case 4 -> one(random, moody.open).forEach(stream -> stream.end(Status.CANCELLED));
                case 5 -> moody.loseConnection();
                case 6 -> moody.turnsAwayWith = random.nextBoolean() ? LOST : null;
                default -> clock.pass(Duration.ofMillis(random.nextInt(5_000)));
            }
            assertThat(moody.open.size()).isLessThanOrEqualTo(LIMITS.streamsMax());
            assertThat(any.count())
                    .isEqualTo(
                            new TunnelPool.Count(moody.open.size(), moody.idle().size()));
            assertThat(clock.planned()).isLessThanOrEqualTo(1);
        }
        moody.turnsAwayWith = null;
        clock.pass(Duration.ofSeconds(6));
        assertThat(moody.idle().size()).isGreaterThanOrEqualTo(moody.open.size() < 500 ? 2 : 0);
        any.close();
        assertThat(moody.open).isEmpty();
        assertThat(clock.planned()).isZero();
    }

    private static <T> List<T> one(Random random, List<T> from) {
        return from.isEmpty() ? List.of() : List.of(from.get(random.nextInt(from.size())));
    }

    private void takeAll() {
        while (!kas.idle().isEmpty()) {
            kas.idle().getFirst().take();
        }
    }

    private void takeSome(int count) {
        for (int i = 0; i < count; i++) {
            kas.idle().getFirst().take();
        }
    }

    private void pass(Duration whole) {
        for (Duration left = whole; left.isPositive(); left = left.minus(TICK)) {
            time.pass(TICK);
        }
    }

    private double secondsUntil(BooleanSupplier there) {
        double seconds = 0;
        while (!there.getAsBoolean()) {
            time.pass(TICK);
            seconds += TICK.toMillis() / 1e3;
            assertThat(seconds).isLessThan(60);
        }
        return seconds;
    }

    /** Serves a request by waiting for its end. */
    private static final class Swallow implements TunneledMethod {
        @Override
        public String fullName() {
            return "/s/m";
        }

        @Override
        public TunneledRequest begin(TunneledReply reply) {
            return new TunneledRequest() {
                @Override
                public void onMessage(ByteBuf message) {
                    message.release();
                }

                @Override
                public void onHalfClose() {}

                @Override
                public void onReady() {}

                @Override
                public void onCancel() {}
            };
        }
    }
}
