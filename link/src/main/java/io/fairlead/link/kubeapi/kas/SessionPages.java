package io.fairlead.link.kubeapi.kas;

import io.fairlead.wire.http.Headers;
import io.fairlead.wire.http.RequestHead;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * From where a browser's session is accepted: from a script of a page of GitLab's own origin, as the browser itself says in
 * headers that no page can set. GitLab's kas asks for the CSRF token alone; that is asked for as well.
 */
record SessionPages(Optional<String> externalOrigin) {
    /** What reads without saying an Origin when it is the page's own. */
    private static final Set<String> READING = Set.of("GET", "HEAD");

    /** What scripts do. Not {@code navigate} and {@code no-cors}: what the cluster serves would run in our origin. */
    private static final Set<String> SCRIPTED = Set.of("cors", "same-origin", "websocket");

    /** Why the session in a request does not count; its Origin, if it has one, is allowed already by {@link Cors}. */
    Optional<Refusal> fault(RequestHead request) {
        if (externalOrigin.isEmpty()) {
            return forbidden("no session is accepted here as kas has no gitlab.external_url; use a kubeconfig, or have"
                    + " whoever runs kas set it");
        }
        Headers headers = request.headers();
        boolean fromOurs = headers.contains("Origin") ? cors(request) : samePlace(request);
        if (!fromOurs) {
            return forbidden("a session is accepted from pages of " + externalOrigin.get()
                    + " alone, and the browser does not say that this is one (Origin, or Sec-Fetch-Site: same-origin to"
                    + " read); elsewhere use a kubeconfig");
        }
        List<String> modes = headers.all("Sec-Fetch-Mode");
        if (!modes.isEmpty() && !(modes.size() == 1 && SCRIPTED.contains(modes.getFirst()))) {
            return forbidden("a session is accepted from scripts of a page, not to open what the cluster serves as one;"
                    + " use kubectl port-forward for that");
        }
        return Optional.empty();
    }

    private boolean cors(RequestHead request) {
        return new Cors(externalOrigin).allows(request);
    }

    /** Reading from the very origin, for which browsers name none. */
    private boolean samePlace(RequestHead request) {
        return READING.contains(request.method())
                && request.upgrade().isEmpty()
                && request.headers().all("Sec-Fetch-Site").equals(List.of("same-origin"))
                && request.headers()
                        .first("Host")
                        .filter(host -> externalOrigin.orElse("").endsWith("://" + host))
                        .isPresent();
    }

    private static Optional<Refusal> forbidden(String why) {
        return Optional.of(new Refusal(403, "Forbidden: " + why));
    }
}
