package io.fairlead.wire.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HopByHopTest {
    @ParameterizedTest
    @ValueSource(strings = {"Connection", "KEEP-ALIVE", "Transfer_Encoding", "te", "Upgrade", " Trailer"})
    void holdsWhatIsForOneConnection(String name) {
        assertThat(HopByHop.of(List.of()).holds(HopByHop.folded(name))).isTrue();
    }

    @Test
    void holdsWhatConnectionNames() {
        HopByHop fields = HopByHop.of(List.of("close, X-One", "x_two,"));
        assertThat(List.of("X-ONE", "x-two", "close")).allMatch(name -> fields.holds(HopByHop.folded(name)));
        assertThat(fields.holds("x-three")).isFalse();
    }

    @Test
    void letsOthersPass() {
        assertThat(List.of("host", "accept", "content-length", "via")).noneMatch(HopByHop.of(List.of("close"))::holds);
    }
}
