package io.fairlead.forge.hook;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.forge.hook.ProjectTurns.Turn;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProjectTurnsTest {
    private static final Runnable NOTHING = () -> {};

    private final ProjectTurns turns = new ProjectTurns(2, 3, 6);

    private boolean offer(long project) {
        return turns.offer(project, NOTHING);
    }

    private long next() throws InterruptedException {
        return turns.take().project();
    }

    @Test
    void projectsTakeTurns() throws Exception {
        offer(1);
        offer(1);
        offer(1);
        offer(2);
        offer(3);
        assertThat(new long[] {next(), next(), next(), next()}).containsExactly(1, 2, 3, 1);
    }

    @Test
    void ofOneProjectTwoAreDoneAtOnce() throws Exception {
        offer(1);
        offer(1);
        offer(1);
        Turn first = turns.take();
        turns.take();
        offer(2);
        assertThat(next()).isEqualTo(2);
        FutureTask<Turn> third = new FutureTask<>(turns::take);
        Thread thread = Thread.ofPlatform().daemon().start(third);
        while (thread.getState() != Thread.State.WAITING && !third.isDone()) {
            Thread.onSpinWait();
        }
        assertThat(third.isDone()).isFalse();
        turns.done(first);
        assertThat(third.get(10, TimeUnit.SECONDS).project()).isEqualTo(1);
    }

    @Test
    void aProjectHasItsShareOfTheWaitingAndAllHaveTheirBound() {
        assertThat(offer(1)).isTrue();
        assertThat(turns.postpone(1)).isTrue();
        assertThat(offer(1)).isTrue();
        assertThat(offer(1)).isFalse();
        assertThat(turns.postpone(1)).isFalse();
        assertThat(offer(2)).isTrue();
        assertThat(offer(2)).isTrue();
        assertThat(offer(3)).isTrue();
        assertThat(offer(4)).isFalse();
    }

    @Test
    void whatWasPostponedKeepsItsPlaceUntilItIsDone() throws Exception {
        turns.postpone(1);
        offer(1);
        turns.done(turns.take());
        turns.resume(1, NOTHING);
        Turn resumed = turns.take();
        turns.done(resumed);
        for (int i = 0; i < 3; i++) {
            assertThat(offer(1)).isTrue();
        }
        assertThat(offer(1)).isFalse();
    }
}
