package io.fairlead.forge.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SeenRecordsTest {
    private final SeenRecords seen = new SeenRecords();

    private static String line(String id) {
        return "{\"time\":\"2026-11-24T10:00:00.000Z\",\"id\":\"" + id + "\",\"phase\":\"end\"}\n";
    }

    private String brought(String... lines) {
        byte[] fresh = seen.fresh(String.join("", lines).getBytes(StandardCharsets.US_ASCII));
        seen.kept(fresh);
        return new String(fresh, StandardCharsets.US_ASCII);
    }

    @Test
    void keepsOnceWhatComesTwiceOfEachKas() {
        assertThat(brought(line("a1-1"), line("a1-2"), line("b2-1")))
                .isEqualTo(line("a1-1") + line("a1-2") + line("b2-1"));
        assertThat(brought(line("a1-2"), line("a1-3"), line("b2-1"), line("b2-2")))
                .isEqualTo(line("a1-3") + line("b2-2"));
        assertThat(brought(line("a1-1"), line("a1-2"), line("a1-3"))).isEmpty();
        assertThat(brought(line("a1-4"), line("a1-3"), line("a1-5"))).isEqualTo(line("a1-4") + line("a1-5"));
    }

    @Test
    void whatWasNotKeptComesAgain() {
        byte[] lines = line("a1-1").getBytes(StandardCharsets.US_ASCII);
        assertThat(seen.fresh(lines)).isEqualTo(lines);
        assertThat(seen.fresh(lines)).isEqualTo(lines);
    }

    @Test
    void aLineWithoutANumberIsAlwaysKept() {
        for (String id : new String[] {
            "", "-1", "a1-", "a1", "A1-1", "a1-1x", "g1-1", "a-1234567890123456789", "a".repeat(33) + "-1"
        }) {
            assertThat(brought(line(id))).as(id).isEqualTo(line(id));
            assertThat(brought(line(id))).as(id).isEqualTo(line(id));
        }
    }

    @Test
    void anIdIsLookedForBeforeWhatClientsWrite() {
        brought(line("a1-7"));
        String later = "{\"time\":\"" + "x".repeat(120) + "\",\"id\":\"a1-3\"}\n";
        assertThat(brought(later)).isEqualTo(later);
        assertThat(brought("{\"id\":\"?\",\"id\":\"a1-3\"}\n")).isEmpty();
    }

    @Test
    void whatWasThereBeforeTheStartIsKnown() {
        seen.saw(line("a1-5").strip());
        assertThat(brought(line("a1-5"), line("a1-6"))).isEqualTo(line("a1-6"));
    }
}
