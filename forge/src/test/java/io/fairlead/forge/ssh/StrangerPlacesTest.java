package io.fairlead.forge.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.forge.ssh.StrangerPlaces.Admission;
import org.junit.jupiter.api.Test;

class StrangerPlacesTest {
    private final StrangerPlaces<Integer> places = new StrangerPlaces<>(6, 3);

    private void fill(String source, int from) {
        for (int i = from; i < from + 3; i++) {
            assertThat(places.enter(i, source)).isEqualTo(new Admission.Admitted<>());
        }
    }

    @Test
    void aSourceHasItsShare() {
        fill("a", 1);

        assertThat(places.enter(4, "a")).isEqualTo(new Admission.Refused<>());
        assertThat(places.leave(2)).isTrue();
        assertThat(places.enter(5, "a")).isEqualTo(new Admission.Admitted<>());
    }

    @Test
    void twoThatTakeAllPlacesLoseThemToOthers() {
        fill("a", 1);
        fill("b", 11);

        Admission<Integer> first = places.enter(21, "c");
        assertThat(first).isIn(new Admission.AdmittedInsteadOf<>(1), new Admission.AdmittedInsteadOf<>(11));
        assertThat(places.enter(22, "d"))
                .isInstanceOf(Admission.AdmittedInsteadOf.class)
                .isNotEqualTo(first);
        assertThat(places.enter(31, "c")).as("all have as many now").isEqualTo(new Admission.Refused<>());
    }

    @Test
    void whereNobodyHasMoreThanOneTheOldestGivesWay() {
        for (int i = 1; i <= 6; i++) {
            assertThat(places.enter(i, "source " + i)).isEqualTo(new Admission.Admitted<>());
        }
        places.leave(1);
        places.enter(7, "source 7");

        assertThat(places.enter(8, "source 8")).isEqualTo(new Admission.AdmittedInsteadOf<>(2));
        assertThat(places.enter(9, "source 9")).isEqualTo(new Admission.AdmittedInsteadOf<>(3));
        assertThat(places.enter(10, "source 9")).isEqualTo(new Admission.Refused<>());
    }

    @Test
    void whoLostItsPlaceLeavesNoneBehind() {
        fill("a", 1);
        fill("b", 11);
        Integer gone = places.enter(21, "c") instanceof Admission.AdmittedInsteadOf<Integer>(Integer it) ? it : -1;

        assertThat(places.leave(gone)).isFalse();
        assertThat(places.leave(21)).isTrue();
        assertThat(places.leave(21)).isFalse();
        assertThat(places.enter(22, "c")).isEqualTo(new Admission.Admitted<>());
    }
}
