package io.fairlead.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.base.env.Environment;
import io.fairlead.base.json.Json;
import io.fairlead.cli.output.CommandContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code fairlead audit} against a forge that answers as it was told. */
class AuditCommandTest {
    private static final String RECORD =
            "{\"time\":\"2026-11-23T05:00:00Z\",\"id\":\"ab-1\",\"phase\":\"end\",\"decision\":\"allowed\","
                    + "\"status\":200,\"user\":\"dana\",\"agent\":\"edge\",\"as\":\"gitlab:user:dana\",\"agent_id\":7,\"verb\":\"get\","
                    + "\"resource\":\"pods\",\"namespace\":\"shop\",\"name\":\"NAME\",\"bytes_in\":1,\"bytes_out\":2,\"duration_ms\":3}";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final FakeForge forge;

    AuditCommandTest() throws IOException {
        forge = new FakeForge();
    }

    @AfterEach
    void stop() {
        forge.close();
    }

    private int run(String... arguments) {
        CommandContext context = new CommandContext(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                new ByteArrayInputStream(new byte[0]),
                new Environment(Map.of("FAIRLEAD_URL", forge.url(), "FAIRLEAD_TOKEN", "admin-token")),
                Clock.fixed(Instant.parse("2026-11-23T05:00:00Z"), ZoneOffset.UTC));
        return FairleadCommand.execute(FairleadCommand.commandLine(context, Map.of()), arguments);
    }

    private void answer(String query, String name, String more) {
        forge.answer(
                "GET /audit_records?" + query,
                200,
                "{\"records\":[" + RECORD.replace("NAME", name) + "],\"after\":\"1:5\"" + more + "}");
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void printsALineForEachRecord() {
        answer("limit=100", "web", "");
        assertThat(run("audit")).isZero();
        assertThat(out())
                .isEqualTo(
                        "2026-11-23T05:00:00Z allowed 200 dana as gitlab:user:dana at agent edge: get pods web in shop"
                                + " (3 ms, in 1, out 2 bytes)\n");
    }

    @Test
    void asksForWhatIsWanted() {
        answer(
                "limit=5&user=dana&decision=refused&verb=watch&resource=pods&namespace=shop&since=2026-11-23T03%3A00%3A00Z&until=2026-11-23T04%3A00%3A00Z",
                "web", "");
        assertThat(run(
                        "audit",
                        "--limit",
                        "5",
                        "--user",
                        "dana",
                        "--decision",
                        "refused",
                        "--verb",
                        "watch",
                        "--resource",
                        "pods",
                        "--namespace",
                        "shop",
                        "--since",
                        "2h",
                        "--until",
                        "2026-11-23T04:00:00Z"))
                .isZero();
    }

    @Test
    void asksForOneAgentsInItsProject() {
        forge.answer("GET /projects/g%2Fp/cluster_agents?per_page=100&page=1", 200, "[{\"id\":7,\"name\":\"edge\"}]")
                .answer("GET /projects/g%2Fp/cluster_agents/7/audit_records?limit=100", 200, "{\"records\":[]}");
        assertThat(run("audit", "--agent", "g/p:edge")).isZero();
    }

    /** A name may hold what turns a terminal's line into another: colours in one byte, and text that runs backwards. */
    @Test
    void showsWhatCannotBeSeen() {
        answer("limit=100", "a\\u009b31m\\u202eb\\u001b[2K\\n\u00fc", "");
        assertThat(run("audit")).isZero();
        assertThat(out())
                .contains("get pods a\\u009b31m\\u202eb\\u001b[2K\\u000a\u00fc in shop")
                .hasLineCount(1);
        out.reset();
        assertThat(run("audit", "-o", "json")).isZero();
        assertThat(out().chars()).noneMatch(c -> c == 0x9b || c == 0x202e || c == 0x1b);
        assertThat(Json.tree(out()).get(0).path("name").asString()).isEqualTo("a\u009b31m\u202eb\u001b[2K\n\u00fc");
    }

    @Test
    void saysWhenNotAllWasSearched() {
        answer("limit=100", "web", ",\"searched_since\":\"2026-11-01T00:00:00Z\"");
        assertThat(run("audit")).isZero();
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("since 2026-11-01T00:00:00Z", "--until");
    }

    /** None at a time would ask without a pause for ever. */
    @Test
    void refusesLimitsThatMeanNothing() {
        for (String limit : new String[] {"0", "-1", "1001"}) {
            assertThat(run("audit", "--limit", limit, "--follow")).isEqualTo(2);
        }
        assertThat(run("audit", "--since", "yesterday")).isEqualTo(2);
        assertThat(forge.requests()).isEmpty();
    }
}
