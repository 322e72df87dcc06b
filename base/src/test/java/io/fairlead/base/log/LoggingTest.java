package io.fairlead.base.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.base.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import tools.jackson.databind.JsonNode;

class LoggingTest {
    private static final Clock NOON = Clock.fixed(Instant.parse("2026-11-23T12:00:00Z"), ZoneOffset.UTC);

    private final Logger log = LoggerFactory.getLogger("io.fairlead.sample");
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @BeforeEach
    void capture() {
        Logging.configure(LogFormat.JSON, LogLevels.of(Level.INFO, Level.ERROR));
        Logging.output(LogFormat.JSON, new PrintStream(written, true, StandardCharsets.UTF_8), NOON);
    }

    @AfterEach
    void release() {
        Logging.output(LogFormat.automatic(), System.err, Clock.systemUTC());
        Logging.configure(LogFormat.automatic(), LogLevels.of(Level.INFO, Level.ERROR));
    }

    @Test
    void writesOneJsonObjectALineWithKeyValues() {
        log.atInfo().addKeyValue("agent_id", 7).addKeyValue("net", "\"x\"\n").log("agent {} connected", "web");

        JsonNode line = Json.tree(text());
        assertThat(text()).endsWith("}\n").hasLineCount(1);
        assertThat(line.get("time").asString()).isEqualTo("2026-11-23T12:00:00.000Z");
        assertThat(line.get("level").asString()).isEqualTo("info");
        assertThat(line.get("logger").asString()).isEqualTo("io.fairlead.sample");
        assertThat(line.get("msg").asString()).isEqualTo("agent web connected");
        assertThat(line.get("agent_id").asInt()).isEqualTo(7);
        assertThat(line.get("net").asString()).isEqualTo("\"x\"\n");
    }

    @Test
    void writesTheErrorAndItsStack() {
        log.error("it broke", new IllegalStateException("why"));

        JsonNode line = Json.tree(text());
        assertThat(line.get("error").asString()).isEqualTo("java.lang.IllegalStateException: why");
        assertThat(line.get("stack").asString()).contains("LoggingTest");
    }

    @Test
    void changesLevelsWhileItRuns() {
        log.debug("unheard");
        Logging.levels(Logging.levels().with("io.fairlead", Level.DEBUG));
        log.debug("heard");

        assertThat(text()).contains("heard").doesNotContain("unheard");
    }

    @Test
    void takesOverTheLoggingOfTheJdk() {
        java.util.logging.Logger library = java.util.logging.Logger.getLogger("io.grpc.sample");
        library.warning("quiet at this level");
        library.log(java.util.logging.Level.SEVERE, "loud {0}", "x");

        assertThat(text()).contains("\"msg\":\"loud x\"").doesNotContain("quiet");
    }

    @Test
    void keepsControlCharactersFromTheTerminal() {
        Logging.output(LogFormat.TEXT, new PrintStream(written, true, StandardCharsets.UTF_8), NOON);
        log.info("a\u001b[31mb\nc");

        assertThat(text()).doesNotContain("\u001b").hasLineCount(1);
    }

    @Test
    void cutsAnEntryThatWouldFillTheDisk() {
        log.info("x".repeat(100_000));

        assertThat(text().length()).isLessThan(JsonLines.TEXT_MAX + 500);
        assertThat(Json.tree(text()).get("msg").asString()).endsWith("characters cut");
    }

    private String text() {
        return written.toString(StandardCharsets.UTF_8);
    }
}
