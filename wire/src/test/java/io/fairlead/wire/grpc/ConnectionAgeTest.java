package io.fairlead.wire.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConnectionAgeTest {
    @Test
    void splitsTwoHoursAsKasDoes() {
        ConnectionAge age = new ConnectionAge(Duration.ofHours(2));
        assertThat(age.goAway()).isEqualTo(Duration.ofMinutes(24));
        assertThat(age.streamsEnd()).isEqualTo(Duration.ofMinutes(36));
        assertThat(age.streamsEndJitter()).isEqualTo(Duration.ofMinutes(6));
        assertThat(age.grace()).isEqualTo(Duration.ofMinutes(78));
    }

    @Test
    void refusesToEndStreamsBeforeTheGoAway() {
        assertThatThrownBy(() -> new ConnectionAge(
                        Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ZERO, Duration.ofSeconds(10)))
                .hasMessageContaining("must come before its streams' end");
    }

    @Test
    void refusesNoAgeAtAll() {
        assertThatThrownBy(() -> new ConnectionAge(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void canBeUnlimited() {
        assertThat(ConnectionAge.unlimited().limited()).isFalse();
        assertThat(new ConnectionAge(Duration.ofDays(1)).limited()).isTrue();
    }
}
