package io.fairlead.forge.api;

import io.fairlead.forge.access.Scope;
import java.util.Collection;
import java.util.Set;

/**
 * Who may call a route, in words: for the description of the API and for the table that people read.
 *
 * @param who the least role, or another word for those who may call
 * @param byVisibility whether everyone to whom the project or group is visible may call too
 * @param scopes those of which a token needs one; empty where no personal access token is asked for
 */
public record AccessText(String who, boolean byVisibility, Set<Scope> scopes) {
    public static AccessText of(Access access) {
        return switch (access) {
            case Access.Anyone() -> new AccessText("anyone", false, Set.of());
            case Access.SignedIn(Set<Scope> anyOf) -> new AccessText("signed in", false, anyOf);
            case Access.Administrator(Set<Scope> anyOf) -> new AccessText("administrator", false, anyOf);
            case Access.OnProject(var permission, Set<Scope> anyOf) ->
                new AccessText(permission.least().title(), permission.byVisibility(), anyOf);
            case Access.OnProjectOrJob(var permission, Set<Scope> anyOf) ->
                new AccessText(permission.least().title() + " or job", permission.byVisibility(), anyOf);
            case Access.OnGroup(var permission, Set<Scope> anyOf) ->
                new AccessText(permission.least().title(), permission.byVisibility(), anyOf);
            case Access.Kas() -> new AccessText("kas", false, Set.of());
            case Access.KasForAgent() -> new AccessText("kas for an agent", false, Set.of());
            case Access.RunningJob() -> new AccessText("running job", false, Set.of());
            case Access.GitClient() -> new AccessText("Git client", false, Set.of());
        };
    }

    /** The table of all routes as a page, sorted by path. */
    public static String page(Collection<Route> routes) {
        StringBuilder page = new StringBuilder("""
                # Who may call which route?

                Made from the table of routes by `AccessTableTest`, which fails when this page differs, and read back by
                `AccessMatrixTest`, which tries every role, visibility and scope. "Who" is the least role in the project or group of
                `:id`, or who else may call; "seen" says that everyone may to whom the project or group is visible; "scopes" are
                those of which a token needs one; "or job" that the project's own jobs may call as what their person is
                there. Administrators may call everything that people may. To outsiders of private things all of it is 404.

                | route | who | seen | scopes |
                |---|---|---|---|
                """);
        routes.stream()
                .map(route -> {
                    AccessText text = of(route.access());
                    return "| `" + route.method() + " " + route.path() + "` | " + text.who + " | "
                            + (text.byVisibility ? "yes" : "") + " | " + String.join(", ", Scope.texts(text.scopes))
                            + " |\n";
                })
                .sorted(java.util.Comparator.comparing(line -> line.replaceFirst("^\\| `(\\w+) (.*?)`", "$2 $1")))
                .forEach(page::append);
        return page.toString();
    }
}
