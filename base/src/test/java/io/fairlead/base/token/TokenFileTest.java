package io.fairlead.base.token;

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

class TokenFileTest {
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

    private static final Duration PERIOD = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private final Steps steps = new Steps();

    @Test
    void sendsTheNewTokenAfterTheFileWasReplaced() throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "first\n");
        try (TokenFile token = new TokenFile(file, PERIOD, steps)) {
            token.start();
            assertThat(token.current()).isEqualTo("first");

            Files.writeString(file, "second");
            steps.planned.remove().run();

            assertThat(token.current()).isEqualTo("second");
        }
        assertThat(steps.planned).isEmpty();
    }

    @Test
    void keepsTheLastTokenWhileTheFileCannotBeRead() throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "first");
        try (TokenFile token = new TokenFile(file, PERIOD, steps)) {
            token.start();
            Files.writeString(file, "");
            steps.planned.remove().run();

            assertThat(token.current()).isEqualTo("first");
            assertThat(steps.planned).hasSize(1);
        }
    }

    @Test
    void doesNotStartWithoutAToken() {
        Path absent = folder.resolve("absent");

        assertThatThrownBy(() -> new TokenFile(absent, PERIOD, steps))
                .isInstanceOf(FairleadException.class)
                .hasMessageContaining("absent");
    }

    @Test
    void doesNotTakeAnotherFileForAToken() throws IOException {
        Path certificate = Files.writeString(folder.resolve("tls.crt"), "-----BEGIN CERTIFICATE-----\nMIIB");

        assertThatThrownBy(() -> new TokenFile(certificate, PERIOD, steps)).hasMessageContaining("more than a token");
    }
}
