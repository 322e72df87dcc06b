package io.fairlead.link.routing.kas;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.link.routing.InMemoryKasBoard;
import io.fairlead.link.routing.KasBoard;
import io.fairlead.link.routing.KasBoard.Change;
import io.fairlead.link.routing.KasBoard.Notice;
import io.fairlead.link.routing.KasPlace;
import io.fairlead.testing.time.ManualTime;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Two kas and what each knows of the other's agents, in time that the test moves. */
class AgentDirectoryTest {
    private final ManualTime time = new ManualTime();
    private final InMemoryKasBoard board = new InMemoryKasBoard(Duration.ofSeconds(15), time);
    private final Kas a = new Kas("kas-a");
    private final Kas b = new Kas("kas-b");

    private final class Kas implements AgentDirectory.OwnAgents {
        final KasPlace place;
        final Set<Long> agents = new HashSet<>();
        final List<Long> held = new ArrayList<>();
        final KasBoard client = board.client();
        final AgentDirectory directory;

        Kas(String id) {
            place = new KasPlace(id, URI.create("grpc://" + id + ":8155"));
            // On the test's thread: nothing waits here.
            directory =
                    new AgentDirectory(() -> place, client, this, AgentDirectory.Timing.DEFAULT, time, Runnable::run);
            directory.onHeld(held::add);
        }

        void comes(long agentId) {
            agents.add(agentId);
            directory.changed(agentId);
        }

        void goes(long agentId) {
            agents.remove(agentId);
            directory.changed(agentId);
        }

        @Override
        public boolean has(long agentId) {
            return agents.contains(agentId);
        }

        @Override
        public Set<Long> all() {
            return Set.copyOf(agents);
        }
    }

    private void start() {
        a.directory.start();
        b.directory.start();
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            time.pass(Duration.ofSeconds(1));
        }
    }

    @Test
    void knowsAtOnceWhoHasWhichAgent() {
        a.agents.add(1L);
        start();
        assertThat(b.directory.candidates(1)).containsExactly(a.place);
        assertThat(b.directory.candidates(2)).isEmpty();
        a.comes(2);
        assertThat(b.directory.candidates(2)).containsExactly(a.place);
        assertThat(b.held).contains(2L);
        a.goes(2);
        assertThat(b.directory.candidates(2)).isEmpty();
        assertThat(b.directory.mayCome(2)).as("it may be on its way elsewhere").isTrue();
        pass(21);
        assertThat(b.directory.mayCome(2)).isFalse();
        assertThat(b.directory.candidates(1)).as("renewed meanwhile").containsExactly(a.place);
        assertThat(a.directory.candidates(1)).as("a kas never sends to itself").isEmpty();
    }

    @Test
    void writesWhatIsTrueWhenItWritesHoweverTheChangesCame() {
        start();
        a.agents.add(3L);
        a.directory.changed(3);
        a.agents.remove(3L);
        a.agents.add(4L);
        a.directory.changed(4);
        a.directory.changed(3);
        assertThat(b.directory.candidates(3)).isEmpty();
        assertThat(b.directory.candidates(4)).containsExactly(a.place);
    }

    @Test
    void readsAnewWhatItMissed() {
        start();
        a.comes(1);
        // A notice of a version that does not follow: what lies between was lost.
        b.directory.told(new Notice.Changed(new Change(a.place, 40, 41, Set.of(9L), Set.of())));
        assertThat(b.directory.candidates(9)).isEmpty();
        assertThat(b.directory.candidates(1)).containsExactly(a.place);
    }

    @Test
    void leavesOutAKasThatIsHeardOfNoMore() {
        start();
        a.comes(1);
        a.client.close();
        board.forget();
        // Its renewals come to nothing it is heard by: it hangs.
        Kas hanging = new Kas("kas-c");
        hanging.agents.add(5L);
        hanging.client.replace(new KasBoard.Entry(hanging.place, 1, Set.of(5L)));
        assertThat(b.directory.candidates(5)).containsExactly(hanging.place);
        pass(16);
        assertThat(b.directory.candidates(5)).isEmpty();
        assertThat(b.directory.mayCome(5)).isTrue();
        assertThat(b.directory.others()).doesNotContain(hanging.place);
    }

    @Test
    void keepsWhatItKnewWhileTheBoardIsAwayAndAsksEveryKas() {
        start();
        a.comes(1);
        board.goAway();
        pass(60);
        assertThat(b.directory.current()).isFalse();
        assertThat(b.directory.candidates(1)).containsExactly(a.place);
        assertThat(b.directory.candidates(2))
                .as("it may have come there unheard")
                .containsExactly(a.place);
        assertThat(b.directory.mayCome(2)).isTrue();
        a.comes(2);
        board.forget();
        board.comeBack();
        pass(5);
        assertThat(b.directory.current()).isTrue();
        assertThat(b.directory.candidates(1)).containsExactly(a.place);
        assertThat(b.directory.candidates(2)).containsExactly(a.place);
        assertThat(b.directory.candidates(3)).isEmpty();
    }

    @Test
    void leavesTheBoardWhenItStops() {
        start();
        a.comes(1);
        a.directory.close();
        assertThat(b.directory.others()).isEmpty();
        assertThat(b.directory.mayCome(1)).isTrue();
    }
}
