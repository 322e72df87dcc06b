package io.fairlead.wire.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.wire.grpc.KasAddress.Scheme;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How soon a channel is connected again when kas has been away. */
class ReconnectingTest {
    /** The longest time until the next beginning. */
    private static final Duration ANEW_MAX = Duration.ofSeconds(6);

    /** After so many tries gRPC's own pause would be longer than this test may take. */
    private static final int TRIES = 8;

    @TempDir
    Path folder;

    private TestKas kas;

    @BeforeEach
    void open() {
        kas = new TestKas(folder);
    }

    @AfterEach
    void close() throws Exception {
        kas.close();
    }

    @ParameterizedTest
    @EnumSource
    void triesEverySixSecondsAtLeastHoweverLongKasIsAway(Scheme scheme) throws Exception {
        try (HangsUp away = new HangsUp()) {
            kas.open(KasAddress.parse(scheme + "://localhost:" + away.port()), kas.clientConfig())
                    .start();
            long began = System.nanoTime();
            for (int tries = 1; tries <= TRIES; tries++) {
                away.awaitTries(tries);
                // What has just failed must be known as failed before the next beginning counts.
                int before = tries;
                await().pollInterval(Duration.ofMillis(20)).until(() -> {
                    kas.time.pass(ANEW_MAX);
                    return away.tries.get() > before;
                });
            }
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(8));
        }
    }

    @ParameterizedTest
    @EnumSource
    void tellsWhenKasIsLostAndWhenItIsThereAgain(Scheme scheme) throws Exception {
        GrpcListener first = kas.listen(scheme.tls(), config -> config.withDrainGrace(Duration.ZERO));
        InetSocketAddress at = first.address();
        AgentChannel channel = kas.open(kas.address(scheme, first), kas.clientConfig());
        channel.start();
        await().until(() -> kas.connection.connected.get() == 1);
        first.close();
        await().until(() -> kas.connection.lost.get() == 1);
        kas.listen(at, scheme.tls(), UnaryOperator.identity());
        await().until(() -> kas.connection.connected.get() == 2);
        assertThat(kas.time.planned()).as("timers while connected").isZero();
    }

    @Test
    void stopsTryingWhenItIsClosed() throws Exception {
        try (HangsUp away = new HangsUp()) {
            AgentChannel channel = kas.open(KasAddress.parse("grpc://localhost:" + away.port()), kas.clientConfig());
            channel.start();
            away.awaitTries(1);
            channel.close();
            int before = away.tries.get();
            assertThat(kas.time.planned()).isZero();
            kas.time.pass(ANEW_MAX);
            assertThat(away.tries).hasValue(before);
        }
    }

    /** Accepts connections and closes them at once. */
    private static final class HangsUp implements AutoCloseable {
        final AtomicInteger tries = new AtomicInteger();
        private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

        HangsUp() throws IOException {
            Thread.ofVirtual().start(() -> {
                while (!server.isClosed()) {
                    try (Socket socket = server.accept()) {
                        tries.incrementAndGet();
                    } catch (IOException e) {
                        return;
                    }
                }
            });
        }

        int port() {
            return server.getLocalPort();
        }

        void awaitTries(int count) {
            await().atMost(10, TimeUnit.SECONDS).until(() -> tries.get() >= count);
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
