package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;

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
    /** What would end the run: the project, the group, the person and the token that it works with. Calls of kas are left out too. */
    private static final List<String> LEFT_OUT = List.of(
            "delete /projects/{id}",
            "put /projects/{id}",
            "put /projects/{id}/transfer",
            "delete /groups/{id}",
            "put /groups/{id}",
            "delete /users/{id}",
            "put /users/{id}",
            "post /users/{id}/block",
            "delete /personal_access_tokens/{id}",
            "post /personal_access_tokens/{id}/rotate",
            "delete /personal_access_tokens/self",
            "post /personal_access_tokens/self/rotate");

    private static final Pattern CASES = Pattern.compile("(\\d+) generated, (\\d+) passed");

    @TempDir
    Path folder;

    @TempDir
    Path work;

    @Test
    void findsNoErrorOfOurs() throws Exception {
        ForgeConfig config =
                ForgeConfig.loopback(folder, RunningForge.EXTERNAL_URL).withRules(new ClientRules(100_000_000, true));
        try (RunningForge forge = new RunningForge(config, Clock.systemUTC())) {
            Path description = work.resolve("openapi.json");
            Files.writeString(description, ForgeJson.MAPPER.writeValueAsString(described(forge, fixture(forge))));
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

    /** Names of what is there, so that more than "not found" is tried. */
    private static Map<String, List<String>> fixture(RunningForge forge) {
        long project = forge.project("seeded");
        String all = "/api/v4/projects/" + project;
        long agent = forge.agent(project, "prod");
        long agentToken = forge.post(all + "/cluster_agents/" + agent + "/tokens", "name=t")
                .id();
        forge.post(all + "/repository/files/dir%2Ff", "branch=main&content=x&commit_message=m");
        forge.post(all + "/repository/tags", "tag_name=v1&ref=main&message=m");
        forge.post(all + "/variables", "key=K&value=v");
        long environment = forge.post(all + "/environments", "name=review/x").id();
        long deployment = forge.post(
                        all + "/deployments",
                        "environment=production&ref=main&tag=false&status=success&sha=" + "0".repeat(40))
                .id();
        long hook = forge.post(all + "/hooks", "url=http://127.0.0.1:9999/").id();
        long group =
                forge.post("/api/v4/groups", "name=seeded&path=seeded-group").id();
        return Map.of(
                "/projects/{id}", List.of(Long.toString(project), "root/seeded"),
                "/groups/{id}", List.of(Long.toString(group), "seeded-group"),
                "agent_id", List.of(Long.toString(agent)),
                "token_id", List.of(Long.toString(agentToken), "1"),
                "environment_id", List.of(Long.toString(environment)),
                "deployment_id", List.of(Long.toString(deployment)),
                "hook_id", List.of(Long.toString(hook)),
                "sha", List.of("main", "v1", "main~1"),
                "branch", List.of("main", "other"),
                "file_path", List.of("dir/f", "g"));
    }

    /** The description with those names among what may be tried. */
    private static JsonNode described(RunningForge forge, Map<String, List<String>> names) {
        JsonNode document = forge.get("/api/v4/openapi.json").json();
        ObjectNode paths = (ObjectNode) document.get("paths");

        for (String path : List.copyOf(paths.propertyNames())) {
            ObjectNode item = (ObjectNode) paths.get(path);
            for (String method : List.copyOf(item.propertyNames())) {
                if (LEFT_OUT.contains(method + " " + path) || path.startsWith("/internal/")) {
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
