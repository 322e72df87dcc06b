package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.forge.api.Method;
import io.fairlead.forge.description.RouteParameters;
import io.fairlead.testing.process.Checkout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The description of the API tells of every route and of every parameter that any of them reads. */
class ApiDescriptionTest {
    private static final Pattern READ = Pattern.compile(
            "(?:requiredText|text|texts|flag|number|requiredNumber|oneOf|time|timeAfter|dayAfter|objects|object)"
                    + "\\(\\s*\"([a-z_]+)\"");
    /** Members of parameters that are objects, and what is read to be refused. */
    private static final Set<String> WITHIN = Set.of(
            "action",
            "file_path",
            "previous_path",
            "filter",
            "_destroy",
            "id",
            "deploy_key_id",
            "content",
            "environment_scope");

    @TempDir
    Path folder;

    @Test
    void tellsOfEveryRoute() throws Exception {
        try (RunningForge forge = new RunningForge(folder)) {
            JsonNode document = forge.get("/api/v4/openapi.json").json();
            assertThat(document.get("openapi").asString()).startsWith("3.");
            List<String> routes = forge.app.router().routes().stream()
                    .filter(route -> route.path().toString().startsWith("/api/v4/"))
                    .map(route -> route.method() + " " + route.path())
                    .toList();
            for (String route : routes) {
                String[] parts = route.split(" ", 2);
                String path = parts[1].substring("/api/v4".length()).replaceAll(":([a-z_]+)", "{$1}");
                JsonNode operation = document.get("paths").path(path).path(parts[0].toLowerCase(java.util.Locale.ROOT));
                assertThat(operation.path("description").asString()).as(route).startsWith("Who may call: ");
                assertThat(parts[1].chars().filter(c -> c == ':').count())
                        .as(route)
                        .isEqualTo(operation
                                .get("parameters")
                                .valueStream()
                                .filter(parameter ->
                                        parameter.get("in").asString().equals("path"))
                                .count());
            }
            RouteParameters table = RouteParameters.read();
            assertThat(routes).as("the table names no route that is not there").containsAll(table.routes());
            assertThat(table.routes())
                    .as("the table says of every route that takes a body what that is")
                    .containsAll(routes.stream()
                            .filter(route -> Stream.of(Method.POST, Method.PUT, Method.PATCH)
                                    .anyMatch(method -> route.startsWith(method + " ")))
                            .toList());
        }
    }

    @Test
    void tellsOfEveryParameterThatIsRead() throws Exception {
        RouteParameters table = RouteParameters.read();
        Set<String> told = table.routes().stream()
                .flatMap(route ->
                        table
                                .of(route.substring(0, route.indexOf(' ')), route.substring(route.indexOf(' ') + 1))
                                .stream())
                .map(RouteParameters.Parameter::name)
                .collect(Collectors.toSet());
        told.add("service");
        Set<String> read = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Checkout.here().root().resolve("forge/src/main/java"))) {
            for (Path file : files.filter(path -> path.toString().endsWith("Routes.java")
                            || path.toString().endsWith("Text.java")
                            || path.toString().endsWith("Filter.java")
                            || path.toString().endsWith("Requests.java")
                            || path.toString().endsWith("Parameters.java"))
                    .toList()) {
                Matcher names = READ.matcher(Files.readString(file));
                while (names.find()) {
                    read.add(names.group(1));
                }
            }
        }
        read.removeAll(WITHIN);
        assertThat(read).hasSizeGreaterThan(80);
        assertThat(told).containsAll(read);
    }
}
