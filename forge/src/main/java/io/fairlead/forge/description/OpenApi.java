package io.fairlead.forge.description;

import io.fairlead.forge.access.Scope;
import io.fairlead.forge.api.AccessText;
import io.fairlead.forge.api.ForgeJson;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.description.RouteParameters.Parameter;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The description of the API in OpenAPI 3.0, made from the table of routes. */
public final class OpenApi {
    private static final String BASE = "/api/v4";

    private OpenApi() {}

    /** @param version of the GitLab whose interface this is */
    public static ObjectNode of(Collection<Route> routes, RouteParameters parameters, String version) {
        ObjectNode document = ForgeJson.MAPPER.createObjectNode();
        document.put("openapi", "3.0.3");
        document.putObject("info")
                .put("title", "Fairlead")
                .put("version", version)
                .put("description", "GitLab's REST API, as far as Fairlead has it.");
        document.putArray("servers").addObject().put("url", BASE);
        ObjectNode paths = document.putObject("paths");
        routes.stream()
                .filter(route -> route.path().toString().startsWith(BASE + "/"))
                .sorted(Comparator.comparing((Route route) -> route.path().toString())
                        .thenComparing(Route::method))
                .forEach(route -> add(paths, route, parameters));
        ObjectNode schemes = document.putObject("components").putObject("securitySchemes");
        header(schemes, "token", "PRIVATE-TOKEN");
        header(schemes, "job", "JOB-TOKEN");
        header(schemes, "kas", "Gitlab-Kas-Api-Request");
        return document;
    }

    private static void header(ObjectNode schemes, String name, String header) {
        schemes.putObject(name).put("type", "apiKey").put("in", "header").put("name", header);
    }

    private static void add(ObjectNode paths, Route route, RouteParameters table) {
        String path = route.path().toString().substring(BASE.length()).replaceAll(":([a-z_]+)", "{$1}");
        ObjectNode item = paths.get(path) instanceof ObjectNode there ? there : paths.putObject(path);
        AccessText access = AccessText.of(route.access());
        String method = route.method().name().toLowerCase(Locale.ROOT);
        ObjectNode operation = item.putObject(method);
        operation.put("operationId", method + path.replaceAll("[^A-Za-z0-9]+", "_"));
        operation.put("description", description(access));
        List<Parameter> parameters =
                table.of(route.method().name(), route.path().toString());
        ArrayNode in = operation.putArray("parameters");
        for (String segment : route.path().toString().split("/", -1)) {
            if (segment.startsWith(":")) {
                describe(in.addObject(), new Parameter(segment.substring(1), true, ""), "path");
            }
        }
        boolean inBody = switch (route.method()) {
            case POST, PUT, PATCH -> true;
            case GET, DELETE -> false;
        };
        if (inBody && !parameters.isEmpty()) {
            body(operation.putObject("requestBody"), parameters);
        } else {
            parameters.forEach(parameter -> describe(in.addObject(), parameter, "query"));
        }
        responses(operation.putObject("responses"), route.method());
        security(operation.putArray("security"), access);
    }

    private static String description(AccessText access) {
        return "Who may call: " + access.who() + (access.byVisibility() ? ", or whoever sees it" : "")
                + (access.scopes().isEmpty()
                        ? "."
                        : "; the token needs one of " + String.join(", ", Scope.texts(access.scopes())) + ".");
    }

    private static void security(ArrayNode security, AccessText access) {
        if (!access.scopes().isEmpty()) {
            security.addObject().putArray("token");
        }
        if (access.who().endsWith("job")) {
            security.addObject().putArray("job");
        }
        if (access.who().startsWith("kas")) {
            security.addObject().putArray("kas");
        }
    }

    private static void describe(ObjectNode parameter, Parameter of, String where) {
        parameter.put("name", of.type().equals("texts") ? of.name() + "[]" : of.name());
        parameter.put("in", where);
        parameter.put("required", of.required());
        schema(parameter.putObject("schema"), of);
    }

    private static void body(ObjectNode body, List<Parameter> parameters) {
        body.put("required", parameters.stream().anyMatch(Parameter::required));
        ObjectNode content = body.putObject("content");
        boolean flat =
                parameters.stream().noneMatch(parameter -> parameter.type().startsWith("object"));
        for (String type :
                flat ? List.of("application/json", "application/x-www-form-urlencoded") : List.of("application/json")) {
            ObjectNode schema = content.putObject(type).putObject("schema");
            schema.put("type", "object");
            ObjectNode properties = schema.putObject("properties");
            parameters.stream()
                    .filter(parameter -> !parameter.name().contains("["))
                    .forEach(parameter -> schema(properties.putObject(parameter.name()), parameter));
            ArrayNode required = ForgeJson.MAPPER.createArrayNode();
            parameters.stream().filter(Parameter::required).forEach(parameter -> required.add(parameter.name()));
            if (!required.isEmpty()) {
                schema.set("required", required);
            }
        }
    }

    private static void schema(ObjectNode schema, Parameter parameter) {
        switch (parameter.type()) {
            case "" -> schema.put("type", "string");
            case "number" -> schema.put("type", "integer").put("format", "int64");
            case "flag" -> schema.put("type", "boolean");
            case "day" -> schema.put("type", "string").put("format", "date");
            case "time" -> schema.put("type", "string").put("format", "date-time");
            case "object" -> schema.put("type", "object");
            case "texts" -> schema.put("type", "array").putObject("items").put("type", "string");
            case "objects" -> schema.put("type", "array").putObject("items").put("type", "object");
            default -> {
                ArrayNode values = schema.put("type", "string").putArray("enum");
                List.of(parameter.type().split("\\|", -1)).forEach(values::add);
            }
        }
    }

    private static void responses(ObjectNode responses, Method method) {
        String good = switch (method) {
            case GET, PUT, PATCH -> "200";
            case POST -> "201";
            case DELETE -> "204";
        };
        responses.putObject(good).put("description", "What was asked for.");
        responses.putObject("default").put("description", "A refusal, with its reason as JSON.");
    }
}
