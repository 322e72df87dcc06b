package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.forge.agent.GroupSharing;
import io.fairlead.forge.api.ForgeJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Has schemathesis call every route with all it can think of: no answer may be an error of ours. Runs where
 * {@code -Dfairlead.schemathesis} names the program, {@code pip install schemathesis}.
 */
@EnabledIfSystemProperty(named = "fairlead.schemathesis", matches = ".+")
class SchemathesisTest {
    private static final Pattern CASES = Pattern.compile("(\\d+) generated, (\\d+) passed");

    @TempDir
    Path folder;

    @TempDir
    Path work;

    @Test
    void findsNoErrorOfOurs() throws Exception {
        ForgeConfig config = ForgeConfig.loopback(folder, RunningForge.EXTERNAL_URL)
                .withRules(new ClientRules(100_000_000, true, GroupSharing.NONE));
        try (RunningForge forge = new RunningForge(config, Clock.systemUTC())) {
            Path description = work.resolve("openapi.json");
            Files.writeString(
                    description, ForgeJson.MAPPER.writeValueAsString(described(forge, SeededApi.names(forge))));
            Path log = work.resolve("log");
            Process run = new ProcessBuilder(
                            System.getProperty("fairlead.schemathesis"),
                            "run",
                            description.toString(),
                            "--url=" + forge.url("/api/v4"),
                            "--header=PRIVATE-TOKEN: " + forge.rootToken,
                            "--checks=not_a_server_error",
                            "--phases=coverage,fuzzing",
                            "--max-examples=" + Integer.getInteger("fairlead.schemathesis.examples", 15),
                            "--suppress-health-check=all",
                            "--workers=1",
                            "--continue-on-failure",
                            "--warnings=off",
                            "--no-color")
                    .directory(work.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            boolean ended = run.waitFor(15, TimeUnit.MINUTES);
            run.destroyForcibly();
            String told = Files.readString(log).replace(forge.rootToken, "…");
            Path kept = Path.of("target/schemathesis.log").toAbsolutePath();
            Files.writeString(kept, told);
            assertThat(ended).as("schemathesis ended in time").isTrue();
            // Its exit code tells of its own troubles as well; the count of cases tells of ours.
            Matcher cases = CASES.matcher(told);
            assertThat(cases.find()).as("see %s", kept).isTrue();
            assertThat(Integer.parseInt(cases.group(1))).isGreaterThan(2_000);
            assertThat(cases.group(2)).as("passed, see %s", kept).isEqualTo(cases.group(1));
        }
    }

    /** The description with those names among what may be tried. */
    private static JsonNode described(RunningForge forge, Map<String, List<String>> names) {
        JsonNode document = forge.get("/api/v4/openapi.json").json();
        ObjectNode paths = (ObjectNode) document.get("paths");

        for (String path : List.copyOf(paths.propertyNames())) {
            ObjectNode item = (ObjectNode) paths.get(path);
            for (String method : List.copyOf(item.propertyNames())) {
                if (SeededApi.LEFT_OUT.contains(method + " " + path) || path.startsWith("/internal/")) {
                    item.remove(method);
                    continue;
                }
                for (JsonNode parameter : item.get(method).get("parameters")) {
                    String name = parameter.get("name").asString();
                    boolean ofProject = name.equals("id") && path.startsWith("/projects/{id}");
                    boolean ofGroup = name.equals("id") && path.startsWith("/groups/{id}");
                    List<String> known = names.get(ofProject ? "/projects/{id}" : ofGroup ? "/groups/{id}" : name);
                    if (parameter.get("in").asString().equals("path") && known != null) {
                        ArrayNode either =
                                ((ObjectNode) parameter).putObject("schema").putArray("anyOf");
                        ArrayNode values =
                                either.addObject().put("type", "string").putArray("enum");
                        known.forEach(values::add);
                        if (!ofProject && !ofGroup) {
                            either.addObject().put("type", "string").put("minLength", 1);
                        }
                    }
                }
            }
        }
        return document;
    }
}
