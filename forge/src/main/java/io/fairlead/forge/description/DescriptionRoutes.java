package io.fairlead.forge.description;

import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.ForgeJson;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Serves the description of the API, itself included. It says nothing about what is kept here, so everybody may read it. */
public final class DescriptionRoutes {
    private DescriptionRoutes() {}

    /** {@code routes} and the one that describes them all. JSON is YAML as well, so both names lead to it. */
    public static List<Route> with(List<Route> routes, String version) {
        List<Route> all = new ArrayList<>(routes);
        all.add(Route.api(Method.GET, "/openapi.json", Access.anyone(), exchange -> described(all, version)));
        all.add(Route.api(Method.GET, "/openapi.yaml", Access.anyone(), exchange -> described(all, version)));
        return List.copyOf(all);
    }

    private static Reply described(List<Route> routes, String version) {
        byte[] document = ForgeJson.MAPPER.writeValueAsBytes(OpenApi.of(routes, RouteParameters.read(), version));
        return new Reply.Bytes(200, Map.of(), "application/json", document);
    }
}
