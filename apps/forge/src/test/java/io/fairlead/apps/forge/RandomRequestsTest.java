package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.forge.agent.GroupSharing;
import io.fairlead.forge.api.ForgeJson;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Calls every route with parameters of its description and of other routes, whose values are as they must not be: no answer is an
 * error of ours. The run can be repeated by its seed.
 */
class RandomRequestsTest {
    private static final int ROUNDS = Integer.getInteger("fairlead.random.rounds", 12);
    private static final long SEED = Long.getLong("fairlead.random.seed", 20261123L);

    private static final List<Object> VALUES = List.of(
            "",
            " ",
            "0",
            "-1",
            "1",
            "true",
            "main",
            "a/b",
            "../..",
            "%2e%2e%2f",
            "\u0000",
            "\ud83d\ude00 \u202e",
            "x".repeat(3_000),
            "9".repeat(400),
            "2030-02-30",
            "2030-01-01",
            "2030-01-01T00:00:00Z",
            "https://example.com:99999/",
            "[::1",
            "{\"a\":",
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            Integer.MAX_VALUE + 1L,
            0,
            -1,
            50,
            1e300,
            0.5,
            true,
            false,
            List.of(),
            List.of("a", 1, List.of()),
            List.of(Map.of("action", "create", "file_path", "a", "content", 7)),
            Map.of(),
            Map.of("a", Map.of("b", List.of("c"))));

    private record Operation(String method, String path, JsonNode description) {
        List<String> names() {
            List<String> names = new ArrayList<>();
            description.path("parameters").forEach(parameter -> {
                if (parameter.get("in").asString().equals("query")) {
                    names.add(parameter.get("name").asString());
                }
            });
            description
                    .path("requestBody")
                    .path("content")
                    .forEach(content -> names.addAll(
                            content.path("schema").path("properties").propertyNames()));
            return names;
        }
    }

    private final Random random = new Random(SEED);

    @TempDir
    Path folder;

    @Test
    void noneIsAnsweredWithAnErrorOfOurs() throws Exception {
        ForgeConfig config = ForgeConfig.loopback(folder, RunningForge.EXTERNAL_URL)
                .withRules(new ClientRules(100_000_000, true, GroupSharing.NONE));
        try (RunningForge forge = new RunningForge(config, Clock.systemUTC())) {
            Map<String, List<String>> known = SeededApi.names(forge);
            List<Operation> operations = operations(forge);
            List<String> allNames = operations.stream()
                    .flatMap(operation -> operation.names().stream())
                    .distinct()
                    .toList();
            int succeeded = 0;
            for (Operation operation : operations) {
                for (int round = 0; round < ROUNDS; round++) {
                    String path = "/api/v4" + path(operation.path, known);
                    Map<String, Object> parameters = parameters(operation.names(), allNames);
                    RunningForge.Answer answer = switch (random.nextInt(3)) {
                        case 0 -> send(forge, operation, path + "?" + form(parameters), "");
                        case 1 -> send(forge, operation, path, form(parameters));
                        default -> send(forge, operation, path, ForgeJson.MAPPER.writeValueAsString(parameters));
                    };
                    assertThat(answer.status())
                            .as(
                                    "seed %d: %s %s with %s: %s",
                                    SEED,
                                    operation.method,
                                    path,
                                    parameters,
                                    answer.response().body())
                            .isLessThan(500);
                    succeeded += answer.status() < 300 ? 1 : 0;
                }
            }
            assertThat(operations).hasSizeGreaterThan(100);
            assertThat(succeeded).as("some are understood").isGreaterThan(operations.size());
        }
    }

    private static RunningForge.Answer send(RunningForge forge, Operation operation, String path, String body)
            throws Exception {
        return operation.path.startsWith("/internal/")
                ? forge.kas(operation.method, path, null, body)
                : forge.call(operation.method, path, forge.rootToken, body);
    }

    private static List<Operation> operations(RunningForge forge) {
        List<Operation> operations = new ArrayList<>();
        JsonNode paths = forge.get("/api/v4/openapi.json").json().get("paths");
        for (String path : paths.propertyNames()) {
            for (String method : paths.get(path).propertyNames()) {
                if (!SeededApi.LEFT_OUT.contains(method + " " + path)) {
                    operations.add(new Operation(
                            method.toUpperCase(Locale.ROOT),
                            path,
                            paths.get(path).get(method)));
                }
            }
        }
        return operations;
    }

    private String path(String template, Map<String, List<String>> known) {
        StringBuilder path = new StringBuilder();
        for (String segment : template.substring(1).split("/")) {
            path.append('/');
            if (!segment.startsWith("{")) {
                path.append(segment);
                continue;
            }
            String name = segment.substring(1, segment.length() - 1);
            String key =
                    !name.equals("id") ? name : template.startsWith("/projects/") ? "/projects/{id}" : "/groups/{id}";
            List<String> there = known.getOrDefault(key, List.of("1"));
            String value = random.nextInt(6) == 0 ? text(one(VALUES)) : one(there);
            path.append(encoded(value.isEmpty() ? "-" : value));
        }
        return path.toString();
    }

    private Map<String, Object> parameters(List<String> own, List<String> all) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        int count = random.nextInt(own.size() + 2);
        for (int i = 0; i < count; i++) {
            Supplier<String> name = () -> own.isEmpty() || random.nextInt(8) == 0 ? one(all) : one(own);
            parameters.put(name.get(), one(VALUES));
        }
        return parameters;
    }

    private static String form(Map<String, Object> parameters) {
        List<String> pairs = new ArrayList<>();
        parameters.forEach((name, value) -> {
            if (value instanceof List<?> list) {
                list.forEach(element -> pairs.add(encoded(name) + "[]=" + encoded(text(element))));
            } else {
                pairs.add(encoded(name) + "=" + encoded(text(value)));
            }
        });
        return String.join("&", pairs);
    }

    private <T> T one(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private static String text(Object value) {
        return value.toString();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
