package io.fairlead.store.valkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.time.SystemScheduler;
import io.fairlead.link.routing.BoardException;
import io.fairlead.link.routing.InMemoryKasBoard;
import io.fairlead.link.routing.KasBoard;
import io.fairlead.link.routing.KasBoard.Change;
import io.fairlead.link.routing.KasBoard.Entry;
import io.fairlead.link.routing.KasBoard.Notice;
import io.fairlead.link.routing.KasPlace;
import io.fairlead.testing.valkey.ValkeyServer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every board does, in memory and in a real Valkey or Redis alike. */
class KasBoardContractTest {
    private static final Duration LEASE = Duration.ofSeconds(2);

    @TempDir
    static Path folder;

    @Nested
    class InMemory extends Contract {
        private SystemScheduler time;
        private InMemoryKasBoard shared;

        @BeforeEach
        void begin() {
            time = new SystemScheduler("test-board");
            shared = new InMemoryKasBoard(LEASE, time);
        }

        @Override
        KasBoard client() {
            return shared.client();
        }

        @Override
        void goAway() {
            shared.goAway();
        }

        @Override
        void comeBackEmpty() {
            shared.forget();
            shared.comeBack();
        }

        @Override
        void end() {
            time.close();
        }
    }

    @Nested
    class InValkey extends Contract {
        private ValkeyServer server;

        @BeforeEach
        void begin() throws Exception {
            server = ValkeyServer.begin(Files.createTempDirectory(folder, "valkey"));
        }

        @Override
        KasBoard client() {
            return new ValkeyKasBoard(ValkeyConfig.at("127.0.0.1", server.port()), LEASE);
        }

        @Override
        void goAway() {
            server.kill();
        }

        @Override
        void comeBackEmpty() {
            server.start();
        }

        @Override
        void end() {
            server.close();
        }

        @Test
        void signsInWithThePasswordOfAFileAndNeverTellsIt() throws Exception {
            try (ValkeyServer guarded = ValkeyServer.begin(Files.createTempDirectory(folder, "guarded"), "pa ss-42")) {
                Path file = Files.writeString(folder.resolve("password"), "pa ss-42\n");
                Path wrong = Files.writeString(folder.resolve("wrong"), "other-43\n");
                try (KasBoard board = new ValkeyKasBoard(with(guarded.port(), file), LEASE);
                        KasBoard refused = new ValkeyKasBoard(with(guarded.port(), wrong), LEASE)) {
                    board.replace(new Entry(A, 1, Set.of(7L)));
                    assertThat(board.read()).hasSize(1);
                    assertThatThrownBy(refused::read)
                            .isInstanceOf(BoardException.class)
                            .hasMessageContaining("127.0.0.1:" + guarded.port())
                            .hasMessageNotContaining("other-43");
                }
            }
        }

        @Test
        void namesThePasswordFileThatIsNotThere() {
            assertThatThrownBy(() -> new ValkeyKasBoard(with(1, folder.resolve("none")), LEASE))
                    .isInstanceOf(FairleadException.class)
                    .hasMessageContaining("redis.password_file");
        }

        @Test
        void keepsDeploymentsWithDifferentPrefixesApart() {
            ValkeyConfig plain = ValkeyConfig.at("127.0.0.1", server.port());
            ValkeyConfig other = new ValkeyConfig(
                    plain.host(),
                    plain.port(),
                    0,
                    "other",
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    plain.dialTimeout(),
                    plain.commandTimeout());
            try (KasBoard ours = client();
                    KasBoard theirs = new ValkeyKasBoard(other, LEASE)) {
                theirs.replace(new Entry(A, 1, Set.of(7L)));
                assertThat(ours.read()).isEmpty();
            }
        }

        private ValkeyConfig with(int port, Path password) {
            ValkeyConfig plain = ValkeyConfig.at("127.0.0.1", port);
            return new ValkeyConfig(
                    plain.host(),
                    port,
                    0,
                    plain.keyPrefix(),
                    Optional.empty(),
                    Optional.of(password),
                    Optional.empty(),
                    plain.dialTimeout(),
                    plain.commandTimeout());
        }
    }

    private static final KasPlace A = new KasPlace("kas-a", URI.create("grpc://10.0.0.1:8155"));
    private static final KasPlace B = new KasPlace("kas-b", URI.create("grpc://10.0.0.2:8155"));

    /** What one kas was told. */
    private static final class Heard implements KasBoard.Listener {
        final List<Notice> notices = new CopyOnWriteArrayList<>();
        final AtomicInteger connected = new AtomicInteger();
        final AtomicInteger lost = new AtomicInteger();

        @Override
        public void told(Notice notice) {
            notices.add(notice);
        }

        @Override
        public void connected() {
            connected.incrementAndGet();
        }

        @Override
        public void lost() {
            lost.incrementAndGet();
        }
    }

    /** The statements, which hold for each. */
    abstract static class Contract {
        private final List<KasBoard> boards = new ArrayList<>();

        abstract KasBoard client();

        abstract void goAway();

        abstract void comeBackEmpty();

        abstract void end();

        @AfterEach
        void close() {
            boards.forEach(KasBoard::close);
            end();
        }

        private KasBoard board() {
            KasBoard board = client();
            boards.add(board);
            return board;
        }

        private Heard listening() {
            Heard heard = new Heard();
            board().listen(heard);
            await().until(() -> heard.connected.get() == 1);
            return heard;
        }

        @Test
        void showsToAllWhatOneWrote() {
            KasBoard a = board();
            KasBoard b = board();
            a.replace(new Entry(A, 1, Set.of(7L, 8L)));
            b.replace(new Entry(B, 4, Set.of()));

            assertThat(b.read()).containsExactlyInAnyOrder(new Entry(A, 1, Set.of(7L, 8L)), new Entry(B, 4, Set.of()));
            assertThat(b.read("kas-a")).contains(new Entry(A, 1, Set.of(7L, 8L)));
            assertThat(b.read("kas-c")).isEmpty();
        }

        @Test
        void changesAnEntryOnlyUponTheVersionThatIsThere() {
            KasBoard a = board();
            assertThat(a.write(new Change(A, 1, 2, Set.of(7L), Set.of())))
                    .as("nothing is there yet")
                    .isFalse();
            a.replace(new Entry(A, 1, Set.of(7L)));
            assertThat(a.write(new Change(A, 1, 2, Set.of(8L, 9L), Set.of(7L)))).isTrue();
            assertThat(a.write(new Change(A, 1, 2, Set.of(1L), Set.of())))
                    .as("a version that has passed")
                    .isFalse();
            assertThat(a.read()).containsExactly(new Entry(A, 2, Set.of(8L, 9L)));

            a.replace(new Entry(A, 9, Set.of(5L)));
            assertThat(a.read()).containsExactly(new Entry(A, 9, Set.of(5L)));
        }

        @Test
        void tellsEveryWriteInItsOrder() {
            Heard heard = listening();
            KasBoard a = board();
            a.replace(new Entry(A, 1, Set.of(7L)));
            a.write(new Change(A, 1, 2, Set.of(8L, -1L, Long.MAX_VALUE), Set.of(7L)));
            a.write(Change.renewal(A, 2));
            assertThat(a.write(new Change(A, 1, 2, Set.of(), Set.of()))).isFalse();
            a.leave("kas-a");

            await().until(() -> heard.notices.size() == 4);
            assertThat(heard.notices)
                    .containsExactly(
                            new Notice.Replaced("kas-a"),
                            new Notice.Changed(new Change(A, 1, 2, Set.of(8L, -1L, Long.MAX_VALUE), Set.of(7L))),
                            new Notice.Changed(Change.renewal(A, 2)),
                            new Notice.Left("kas-a"));
            assertThat(a.read()).isEmpty();
        }

        @Test
        void dropsAnEntryThatIsNotRenewed() {
            KasBoard a = board();
            KasBoard b = board();
            b.replace(new Entry(B, 1, Set.of(7L)));
            a.replace(new Entry(A, 1, Set.of(7L)));
            await().atMost(LEASE.multipliedBy(5)).until(() -> {
                assertThat(a.write(Change.renewal(A, 1))).isTrue();
                return a.read("kas-b").isEmpty();
            });
            assertThat(a.read()).containsExactly(new Entry(A, 1, Set.of(7L)));
            assertThat(b.write(Change.renewal(B, 1)))
                    .as("it must be written whole")
                    .isFalse();
        }

        @Test
        void saysWhenItIsAwayAndWhenItIsBack() {
            Heard heard = listening();
            KasBoard a = board();
            a.replace(new Entry(A, 1, Set.of(7L)));
            goAway();
            await().until(() -> heard.lost.get() >= 1);
            assertThatThrownBy(a::read).isInstanceOf(BoardException.class);
            assertThatThrownBy(() -> a.write(Change.renewal(A, 1))).isInstanceOf(BoardException.class);
            comeBackEmpty();
            await().atMost(Duration.ofSeconds(10)).until(() -> heard.connected.get() >= 2);
            await().atMost(Duration.ofSeconds(10))
                    .ignoreExceptions()
                    .until(() -> a.read().isEmpty());
            assertThat(a.write(Change.renewal(A, 1))).as("it forgot").isFalse();
            a.replace(new Entry(A, 2, Set.of(7L)));
            await().until(() -> heard.notices.contains(new Notice.Replaced("kas-a")) && heard.notices.size() >= 2);
        }
    }
}
