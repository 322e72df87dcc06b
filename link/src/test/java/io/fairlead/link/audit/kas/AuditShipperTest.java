package io.fairlead.link.audit.kas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.base.json.Json;
import io.fairlead.kube.rbac.Action;
import io.fairlead.link.audit.AuditRecord;
import io.fairlead.link.identity.Identity;
import io.fairlead.link.identity.ProxyDecision;
import io.fairlead.testing.time.ManualTime;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditShipperTest {
    private static final ProxyDecision.Allowed DANA =
            new ProxyDecision.Allowed(7, Optional.empty(), Optional.empty(), new Identity.TokenUser(5, "dana"));

    private final List<String> kept = new CopyOnWriteArrayList<>();
    private volatile AuditSink.Outcome outcome = AuditSink.Outcome.KEPT;
    private final AuditShipper shipper = new AuditShipper(
            lines -> {
                if (outcome == AuditSink.Outcome.KEPT) {
                    kept.addAll(
                            new String(lines, StandardCharsets.US_ASCII).lines().toList());
                }
                return outcome;
            },
            InstantSource.system(),
            new ManualTime(),
            new Random(1));

    private static AuditRecord record(String trace, ProxyDecision.@Nullable Allowed granted) {
        return new AuditRecord(
                0,
                AuditRecord.Phase.END,
                trace,
                new Action.OnPath("get", "/version"),
                "/version",
                null,
                granted,
                7,
                AuditRecord.Decision.ALLOWED,
                "",
                200,
                0,
                0,
                0);
    }

    @Test
    void handsOnWhatComesAndTheRestAtTheEnd() throws Exception {
        shipper.start();
        shipper.record(record("first", DANA));
        await().until(() -> kept.size() == 1);
        shipper.record(record("last", DANA));
        shipper.close();
        assertThat(kept).hasSize(2);
        assertThat(Json.tree(kept.getLast()).path("trace_id").asString()).isEqualTo("last");
    }

    @Test
    void keepsWhatCannotBeHandedOnNow() throws Exception {
        outcome = AuditSink.Outcome.NOT_NOW;
        shipper.start();
        shipper.record(record("waits", DANA));
        shipper.record(record("waits too", DANA));
        outcome = AuditSink.Outcome.KEPT;
        await().until(() -> kept.size() == 2);
        shipper.close();
    }

    /** A GitLab that has no place for records is not asked four times a second. */
    @Test
    void countsWhatNobodyKeeps() throws Exception {
        outcome = AuditSink.Outcome.NEVER;
        shipper.start();
        shipper.record(record("one", DANA));
        shipper.record(record("two", DANA));
        await().until(() -> shipper.dropped() >= 1);
        shipper.close();
        assertThat(shipper.dropped()).isBetween(1L, 2L);
        assertThat(kept).isEmpty();
    }

    /** Who shows wrong tokens by the thousand leaves room for those who do something, and what is lost is told. */
    @Test
    void saysWhatWasLost() throws Exception {
        for (int i = 0; i < AuditShipper.WAITING_OF_NOBODY_MAX + 10; i++) {
            shipper.record(record("nobody", null));
        }
        assertThat(shipper.dropped()).isEqualTo(10);
        for (int i = 0; i < AuditShipper.WAITING_MAX; i++) {
            shipper.record(record("dana", DANA));
        }
        assertThat(shipper.dropped()).isEqualTo(10 + AuditShipper.WAITING_OF_NOBODY_MAX);
        shipper.start();
        await().until(() -> kept.size() == AuditShipper.WAITING_MAX + 1);
        shipper.close();
        assertThat(kept.getFirst()).contains("\"phase\":\"dropped\"").contains("\"count\":20");
    }

    @Test
    void countsWhatTheStopCost() throws Exception {
        outcome = AuditSink.Outcome.NOT_NOW;
        shipper.start();
        for (int i = 0; i < 5; i++) {
            shipper.record(record("late", DANA));
        }
        shipper.close();
        assertThat(shipper.dropped()).isEqualTo(5);
    }

    /** The forge knows by them what came twice. */
    @Test
    void numbersRecordsInTheirOrder() throws Exception {
        shipper.start();
        for (int i = 0; i < 3; i++) {
            shipper.record(record("r", DANA));
        }
        shipper.close();
        List<String> ids =
                kept.stream().map(line -> Json.tree(line).path("id").asString()).toList();
        String kas = ids.getFirst().substring(0, ids.getFirst().indexOf('-'));
        assertThat(ids).containsExactly(kas + "-1", kas + "-2", kas + "-3");
    }

    @Test
    void halfALineOfACrashIsCutOff(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("audit.jsonl");
        Files.writeString(file, "{\"line\":1}\n{\"li");
        FileSink sink = new FileSink(file, 1_000);
        sink.keep("{\"line\":2}\n".getBytes(StandardCharsets.US_ASCII));
        sink.close();
        assertThat(Files.readString(file)).isEqualTo("{\"line\":1}\n{\"line\":2}\n");
    }

    @Test
    void aFullFileGivesWayToANewOne(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("audit.jsonl");
        FileSink sink = new FileSink(file, 100);
        for (int i = 0; i < 10; i++) {
            assertThat(sink.keep(("{\"line\":" + i + "}" + " ".repeat(20) + "\n").getBytes(StandardCharsets.US_ASCII)))
                    .isEqualTo(AuditSink.Outcome.KEPT);
        }
        sink.close();
        assertThat(Files.size(file)).isLessThanOrEqualTo(100);
        assertThat(Files.readString(folder.resolve("audit.jsonl.1"))).contains("{\"line\":8}");
        assertThat(Files.readString(file)).contains("{\"line\":9}");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).hasSize(2);
        }
    }
}
