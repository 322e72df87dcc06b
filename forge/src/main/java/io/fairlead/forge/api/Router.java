package io.fairlead.forge.api;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.ids.RandomIds;
import io.fairlead.base.log.SummedLog;
import io.fairlead.forge.database.DatabaseUnavailableException;
import io.fairlead.forge.database.UnstorableTextException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the route of a request, lets the gate decide, calls the handler, and turns failures into GitLab's answers.
 *
 * <p>This is the one place where an exception becomes a status: {@link ApiError} as it says, 503 while the database does not
 * answer, everything else 500 with the request's id, which the log has together with the cause.
 */
public final class Router {
    /** Ours: what a client should show to its person although the request succeeded. */
    static final String WARNING_HEADER = "X-Fairlead-Warning";

    private static final Logger log = LoggerFactory.getLogger(Router.class);
    private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final int REQUEST_ID_BYTES = 16;

    private final List<Route> routes;
    private final Gate gate;
    private final RateLimit limit;
    private final RandomIds ids;
    private final SummedLog unavailable = new SummedLog(log);

    public Router(List<Route> routes, Gate gate, RateLimit limit, RandomIds ids) {
        List<Route> sorted = new ArrayList<>(routes);
        sorted.sort(Comparator.comparingInt((Route route) -> route.path().literals())
                .reversed());
        this.routes = List.copyOf(sorted);
        this.gate = gate;
        this.limit = limit;
        this.ids = ids;
    }

    /** The table, for the test that proves each route guarded and for the description of the API. */
    public List<Route> routes() {
        return routes;
    }

    /** The gate before all of them, for the test that tries every role, visibility and scope. */
    public Gate gate() {
        return gate;
    }

    /** Answers; never throws but for errors of the JVM. */
    public Reply answer(Request request) {
        String requestId = request.header("x-request-id")
                .filter(id -> REQUEST_ID.matcher(id).matches())
                .orElseGet(() -> ids.urlSafe(REQUEST_ID_BYTES));
        return guarded(request, requestId).with(Map.of("X-Request-Id", requestId));
    }

    private Reply guarded(Request request, String requestId) {
        try {
            return Conditional.of(request, dispatch(request));
        } catch (ApiError e) {
            return e.reply();
        } catch (DatabaseUnavailableException e) {
            // Every request in that time ends here: one line tells of them all.
            unavailable.warn("request " + requestId + " failed: " + e.getMessage() + " (" + e.code() + ")");
            return ApiError.unavailable().reply();
        } catch (UnstorableTextException e) {
            return ApiError.badParameter("a parameter contains U+0000").reply();
        } catch (FairleadException e) {
            log.warn("request {} failed: {} ({})", requestId, e.getMessage(), e.code(), e);
            return ApiError.message(500, "500 Internal Server Error: " + e.code())
                    .reply();
        } catch (RuntimeException e) {
            log.error("request {} {} failed", requestId, request.method(), e);
            return ApiError.message(500, "500 Internal Server Error").reply();
        }
    }

    private Reply dispatch(Request request) {
        List<String> segments = PathTemplate.split(request.rawPath());
        Optional<Method> method = Method.of(request.method());
        List<Route> matching =
                routes.stream().filter(route -> route.path().matches(segments)).toList();
        Optional<Route> found = matching.stream()
                .filter(route -> method.isPresent() && route.method() == method.get())
                .findFirst();
        if (found.isEmpty()) {
            throw matching.isEmpty()
                    ? ApiError.error(404, "404 Not Found", Map.of())
                    : ApiError.error(405, "405 Method Not Allowed", Map.of("Allow", allowed(matching)));
        }
        Route route = found.get();
        PathParameters path = route.path()
                .parameters(segments)
                .orElseThrow(() -> ApiError.badParameter("the path is not valid percent-encoded UTF-8"));
        Gate.Admission admission = gate.admit(route.access(), request, path);
        Exchange exchange = new Exchange(request, path, admission, () -> gate.admit(route.access(), request, path));
        if (unlimited(admission.caller())) {
            return warned(route, exchange);
        }
        RateLimit.Left left = limit.take(exchange.client());
        if (left.exceeded()) {
            return new Reply.Text(429, limit.headers(left), "text/plain", "Retry later\n");
        }
        return warned(route, exchange).with(limit.headers(left));
    }

    private static Reply warned(Route route, Exchange exchange) {
        Reply reply = route.handler().handle(exchange);
        String warnings = exchange.warnings();
        return warnings.isEmpty() ? reply : reply.with(Map.of(WARNING_HEADER, warnings));
    }

    /** Kas has limits of its own. */
    private static boolean unlimited(Caller caller) {
        return caller instanceof Caller.Kas || caller instanceof Caller.Agent;
    }

    private static String allowed(List<Route> matching) {
        return String.join(
                ", ",
                matching.stream()
                        .map(route -> route.method().name())
                        .distinct()
                        .sorted()
                        .toList());
    }
}
