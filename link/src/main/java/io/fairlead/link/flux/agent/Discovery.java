package io.fairlead.link.flux.agent;

import io.fairlead.base.error.FairleadException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Reads what an API server says about a group. By the streaming parser: the agent holds no mapper. */
final class Discovery {
    private static final JsonFactory JSON = new JsonFactory();

    private Discovery() {}

    /** Of an APIGroup: its versions, the preferred one first. */
    static List<String> versions(String group) {
        Set<String> versions = new LinkedHashSet<>();
        List<String> others = new ArrayList<>();
        parse(
                group,
                in -> members(in, name -> {
                    switch (name) {
                        case "preferredVersion" -> version(in, versions::add);
                        case "versions" -> elements(in, () -> version(in, others::add));
                        default -> in.skipChildren();
                    }
                }));
        versions.addAll(others);
        return List.copyOf(versions);
    }

    /** Of an APIResourceList: the names in it. */
    static Set<String> resources(String list) {
        Set<String> names = new LinkedHashSet<>();
        parse(
                list,
                in -> members(in, name -> {
                    if (name.equals("resources")) {
                        elements(in, () -> texts(in, "name", names::add));
                    } else {
                        in.skipChildren();
                    }
                }));
        return names;
    }

    private static void version(JsonParser in, Consumer<String> found) {
        texts(in, "version", found);
    }

    private static void texts(JsonParser in, String wanted, Consumer<String> found) {
        members(in, name -> {
            if (name.equals(wanted) && in.currentToken() == JsonToken.VALUE_STRING) {
                found.accept(in.getString());
            } else {
                in.skipChildren();
            }
        });
    }

    /** Calls for each member with the parser at its value; what is no object has none. */
    static void members(JsonParser in, Consumer<String> member) {
        if (in.currentToken() != JsonToken.START_OBJECT) {
            in.skipChildren();
            return;
        }
        while (in.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = in.currentName();
            in.nextToken();
            member.accept(name);
        }
    }

    static void elements(JsonParser in, Runnable element) {
        if (in.currentToken() != JsonToken.START_ARRAY) {
            in.skipChildren();
            return;
        }
        while (in.nextToken() != JsonToken.END_ARRAY) {
            element.run();
        }
    }

    static void parse(String json, Consumer<JsonParser> reader) {
        try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), json)) {
            in.nextToken();
            reader.accept(in);
        } catch (JacksonException e) {
            throw new FairleadException(
                    "kube.unintelligible",
                    "the API server's answer about Flux is not JSON: " + e.getOriginalMessage(),
                    e);
        }
    }
}
