package io.fairlead.cli.access;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** A resource by its plural name, which is the one that roles write. */
record KnownResource(String resource, String apiGroup, boolean namespaced) {
    private static final String DISCOVERY =
            "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";

    /**
     * The resource that somebody typed: plural, singular or short, with or without its group. Where the cluster does not say
     * what it has, it is taken as it was typed.
     */
    static KnownResource find(AgentDoor door, String typed) {
        int dot = typed.indexOf('.');
        String name = (dot < 0 ? typed : typed.substring(0, dot)).toLowerCase(Locale.ROOT);
        Optional<String> group = dot < 0 ? Optional.empty() : Optional.of(typed.substring(dot + 1));
        return Stream.of("/api", "/apis")
                .flatMap(path -> door.read(path, DISCOVERY).stream())
                .flatMap(list -> elements(list.path("items")))
                .filter(item -> group.isEmpty()
                        || group.get().equals(item.at("/metadata/name").asString("")))
                .flatMap(item -> elements(item.path("versions"))
                        .flatMap(version -> elements(version.path("resources")))
                        .filter(resource -> isCalled(resource, name))
                        .map(resource -> new KnownResource(
                                resource.path("resource").asString(),
                                item.at("/metadata/name").asString(""),
                                resource.path("scope").asString("").equals("Namespaced"))))
                .findFirst()
                .orElseGet(() -> new KnownResource(name, group.orElse(""), true));
    }

    private static boolean isCalled(JsonNode resource, String name) {
        List<String> names = Stream.concat(
                        Stream.of(
                                resource.path("resource").asString(""),
                                resource.path("singularResource").asString("")),
                        elements(resource.path("shortNames")).map(JsonNode::asString))
                .toList();
        return names.contains(name);
    }

    private static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
