package io.fairlead.kube.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.time.Scheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotatingTokenTest {
    /** Keeps what is planned until the test runs it. */
    private static final class Steps implements Scheduler {
        final Deque<Runnable> planned = new ArrayDeque<>();

        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public Scheduled schedule(Duration delay, Runnable task) {
            planned.add(task);
            return () -> planned.remove(task);
        }
    }

    @TempDir
    Path folder;

    private final Steps steps = new Steps();

    @Test
    void sendsTheNewTokenAfterTheFileWasReplaced() throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "first\n");
        try (RotatingToken token = new RotatingToken(file, steps)) {
            token.start();
            assertThat(token.current()).contains("first");

            Files.writeString(file, "second");
            steps.planned.remove().run();

            assertThat(token.current()).contains("second");
        }
        assertThat(steps.planned).isEmpty();
    }

    @Test
    void keepsTheLastTokenWhileTheFileCannotBeRead() throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "first");
        try (RotatingToken token = new RotatingToken(file, steps)) {
            token.start();
            Files.writeString(file, "");
            steps.planned.remove().run();

            assertThat(token.current()).contains("first");
            assertThat(steps.planned).hasSize(1);
        }
    }

    @Test
    void doesNotStartWithoutAToken() {
        RotatingToken token = new RotatingToken(folder.resolve("absent"), steps);

        assertThatThrownBy(token::start).isInstanceOf(FairleadException.class).hasMessageContaining("absent");
    }
}
