package io.fairlead.base.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class RunningTest {
    private boolean closed;

    @Test
    void closesWhatAnAppHasOpenWhenItCannotStart() throws Exception {
        Stage app = new Stage() {
            @Override
            public void start() throws IOException {
                throw new IOException("the second of its ports is taken");
            }

            @Override
            public void close() {
                closed = true;
            }
        };
        assertThat(Running.untilStopped("test", app)).isEqualTo(1);
        assertThat(closed).isTrue();
    }
}
