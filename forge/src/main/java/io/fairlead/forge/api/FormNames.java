package io.fairlead.forge.api;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Puts the members of a form where their names say, as Rails reads them: {@code a[]} is an item of a list, {@code a[b]} a
 * member of an object, {@code a[][b]} a member of the last object of a list, or of a new one when the last has it.
 */
final class FormNames {
    private static final Pattern NAME = Pattern.compile("([^\\[\\]]+)((?:\\[[^\\[\\]]*\\])+)");
    private static final int DEPTH_MAX = 6;

    private FormNames() {}

    /** @throws ApiError 400 when the name contradicts those before it or is nested too deep */
    static void put(ObjectNode values, String name, String value) {
        Matcher nested = NAME.matcher(name);
        if (!nested.matches()) {
            values.put(name, value);
            return;
        }
        List<String> steps = new ArrayList<>(List.of(nested.group(1)));
        String rest = nested.group(2);
        steps.addAll(List.of(rest.substring(1, rest.length() - 1).split("\\]\\[", -1)));
        if (steps.size() > DEPTH_MAX) {
            throw ApiError.badParameter("a parameter is nested too deep");
        }
        put(values, steps, value, name);
    }

    private static void put(ObjectNode into, List<String> steps, String value, String name) {
        String first = steps.getFirst();
        List<String> rest = steps.subList(1, steps.size());
        if (rest.isEmpty()) {
            into.put(first, value);
        } else if (rest.getFirst().isEmpty()) {
            JsonNode there = into.get(first);
            ArrayNode list = there == null ? into.putArray(first) : array(there, name);
            append(list, rest.subList(1, rest.size()), value, name);
        } else {
            JsonNode there = into.get(first);
            put(there == null ? into.putObject(first) : object(there, name), rest, value, name);
        }
    }

    private static void append(ArrayNode list, List<String> steps, String value, String name) {
        if (steps.isEmpty()) {
            list.add(value);
            return;
        }
        if (steps.getFirst().isEmpty()) {
            throw contradiction(name);
        }
        boolean fits = !list.isEmpty()
                && list.get(list.size() - 1) instanceof ObjectNode last
                && (!last.has(steps.getFirst()) || last.get(steps.getFirst()).isContainer());
        put(fits ? (ObjectNode) list.get(list.size() - 1) : list.addObject(), steps, value, name);
    }

    private static ArrayNode array(JsonNode node, String name) {
        if (node instanceof ArrayNode array) {
            return array;
        }
        throw contradiction(name);
    }

    private static ObjectNode object(JsonNode node, String name) {
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw contradiction(name);
    }

    private static ApiError contradiction(String name) {
        int end = name.indexOf('[');
        return ApiError.badParameter(name.substring(0, end) + " is invalid");
    }
}
