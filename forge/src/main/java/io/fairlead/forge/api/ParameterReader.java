package io.fairlead.forge.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads query and body into {@link Parameters}. */
final class ParameterReader {
    /** The only spelling of that character in JSON. */
    private static final String NUL_ESCAPE = "\\u0000";

    private ParameterReader() {}

    /** @param bodyMax bytes a body may have */
    static Parameters read(Request request, int bodyMax) {
        ObjectNode values = ForgeJson.MAPPER.createObjectNode();
        addForm(values, request.rawQuery());
        if (request.method().equals("GET") || request.method().equals("HEAD")) {
            return new Parameters(values);
        }
        byte[] body = body(request, bodyMax);
        if (body.length == 0) {
            return new Parameters(values);
        }
        switch (request.mediaType()) {
            case "application/json" -> addJson(values, body);
            case "application/x-www-form-urlencoded", "" -> addForm(values, new String(body, StandardCharsets.UTF_8));
            case "multipart/form-data" ->
                MultipartForm.read(request.header("content-type").orElse(""), body)
                        .forEach(member -> FormNames.put(values, member.getKey(), member.getValue()));
            default ->
                throw ApiError.error(
                        415,
                        "The provided content-type '" + request.mediaType() + "' is not supported.",
                        java.util.Map.of());
        }
        return new Parameters(values);
    }

    private static byte[] body(Request request, int bodyMax) {
        try {
            byte[] body = request.body().readNBytes(bodyMax + 1);
            if (body.length > bodyMax) {
                throw ApiError.message(413, "413 Request Entity Too Large: more than " + bodyMax + " bytes");
            }
            return body;
        } catch (SlowBodyException e) {
            throw e.refusal();
        } catch (IOException e) {
            throw ApiError.badParameter("the body of the request could not be read");
        }
    }

    private static void addJson(ObjectNode values, byte[] body) {
        try {
            JsonNode tree = ForgeJson.MAPPER.readTree(body);
            if (!(tree instanceof ObjectNode object)) {
                throw ApiError.badParameter("the body must be a JSON object");
            }
            if (new String(body, StandardCharsets.ISO_8859_1).contains(NUL_ESCAPE) && hasNul(object)) {
                throw ApiError.badParameter("a parameter contains U+0000");
            }
            values.setAll(object);
        } catch (JacksonException e) {
            throw ApiError.badParameter("the body is not valid JSON");
        }
    }

    /** Databases cannot keep it; GitLab refuses it everywhere as well. */
    private static boolean hasNul(JsonNode node) {
        return (node.isString() && node.asString().indexOf('\0') >= 0)
                || node.propertyNames().stream().anyMatch(name -> name.indexOf('\0') >= 0)
                || node.values().stream().anyMatch(ParameterReader::hasNul);
    }

    private static void addForm(ObjectNode values, String form) {
        for (String pair : form.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
            FormNames.put(values, name, value);
        }
    }

    private static String decode(String raw) {
        return Percent.decodeForm(raw)
                .orElseThrow(() -> ApiError.badParameter("a parameter is not valid percent-encoded UTF-8"));
    }
}
