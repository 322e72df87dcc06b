package io.fairlead.wire.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectionLifeTest {
    private final ConnectionLife life = new ConnectionLife();
    private final List<String> told = new ArrayList<>();

    @Test
    void tellsEachStreamOnceInTheOrderTheyCame() {
        life.onStreamsShouldEnd(() -> told.add("first"));
        life.onStreamsShouldEnd(() -> told.add("second"));
        life.end();
        life.end();
        assertThat(told).containsExactly("first", "second");
    }

    @Test
    void tellsAStreamThatCameTooLateAtOnce() {
        life.end();
        life.onStreamsShouldEnd(() -> told.add("late")).cancel();
        assertThat(told).containsExactly("late");
    }

    @Test
    void leavesAStreamThatEndedItselfAlone() {
        ConnectionLife.Registration registration = life.onStreamsShouldEnd(() -> told.add("gone"));
        life.onStreamsShouldEnd(() -> told.add("there"));
        registration.cancel();
        life.end();
        assertThat(told).containsExactly("there");
    }

    @Test
    void allowsAStreamToCancelWhileItIsTold() {
        List<ConnectionLife.Registration> registrations = new ArrayList<>();
        Runnable cancelAll = () -> registrations.forEach(ConnectionLife.Registration::cancel);
        registrations.add(life.onStreamsShouldEnd(cancelAll));
        registrations.add(life.onStreamsShouldEnd(cancelAll));
        life.end();
        assertThat(registrations).hasSize(2);
    }

    @Test
    void neverEndsForCallsWithinTheProcess() {
        ConnectionLife.current().onStreamsShouldEnd(() -> told.add("never")).cancel();
        ConnectionLife.current().end();
        assertThat(told).isEmpty();
    }
}
