package io.fairlead.forge.api;

import io.fairlead.forge.access.JobIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One request on its way through a handler, with what the router and the gate found out. Used by one thread. */
public final class Exchange {
    private static final int BODY_MAX = 1 << 20;
    private static final int WARNINGS_MAX = 8;

    private final Request request;
    private final PathParameters path;
    private final Gate.Admission admission;
    private final Supplier<Gate.Admission> again;
    private final List<String> warnings = new ArrayList<>();
    private @Nullable Parameters parameters;

    /** @param again asks the gate once more */
    Exchange(Request request, PathParameters path, Gate.Admission admission, Supplier<Gate.Admission> again) {
        this.request = request;
        this.path = path;
        this.admission = admission;
        this.again = again;
    }

    public Request request() {
        return request;
    }

    /** Whether the body has as little as routes usually take; one of unknown length may have more. */
    public boolean smallBody() {
        return request.header("transfer-encoding").isEmpty()
                && request.header("content-length")
                        .map(text -> text.length() < 10 && Long.parseLong(text) <= BODY_MAX)
                        .orElse(true);
    }

    /** A parameter of the route's path, decoded. */
    public String path(String name) {
        return path.text(name);
    }

    /** A numeric parameter of the path; what is no number names nothing, so 404 for {@code what}. */
    public long pathNumber(String name, String what) {
        try {
            return Long.parseLong(path.text(name));
        } catch (NumberFormatException e) {
            throw ApiError.notFound(what);
        }
    }

    /** Query and body. Reads the body at the first call. */
    public Parameters parameters() {
        return parameters(BODY_MAX);
    }

    /** As {@link #parameters()} where more is expected: files and commits. */
    public Parameters parameters(int bodyMax) {
        if (parameters == null) {
            parameters = ParameterReader.read(request, bodyMax);
        }
        return parameters;
    }

    /** Something that the caller should know although the request succeeds: a plain line of ASCII. */
    public void warn(String line) {
        if (warnings.size() < WARNINGS_MAX) {
            warnings.add(line);
        }
    }

    /** What {@link #warn} was told, in one line; empty for nothing. */
    String warnings() {
        return String.join(" | ", warnings);
    }

    public Caller caller() {
        return admission.caller();
    }

    /**
     * Who calls by what their credentials are worth now, for routes that take long.
     *
     * @throws ApiError when they are worth nothing any more
     */
    public Caller callerNow() {
        return again.get().caller();
    }

    /** Who calls, in a form that is the same for all their requests: for what is shared out among callers. */
    public String client() {
        return switch (admission.caller()) {
            case Caller.Person person -> "user " + person.userId();
            case Caller.Job(JobIdentity job) -> "job " + job.jobId();
            case Caller.Deployer deployer -> "deployer " + deployer.username();
            case Caller.Anonymous _, Caller.Kas _, Caller.Agent _ -> "address " + request.address();
        };
    }

    /** The person who calls; only on routes that ask for one. */
    public Caller.Person person() {
        if (admission.caller() instanceof Caller.Person person) {
            return person;
        }
        throw new IllegalStateException("the route does not ask for a person");
    }

    /** Who is behind the call: the person, or the one whose job calls. */
    public long userId() {
        return switch (admission.caller()) {
            case Caller.Person person -> person.userId();
            case Caller.Job(JobIdentity job) -> job.userId();
            case Caller.Anonymous _, Caller.Kas _, Caller.Agent _, Caller.Deployer _ ->
                throw new IllegalStateException("the route asks neither for a person nor for a job");
        };
    }

    /** The project that {@code :id} names; only on routes with {@link Access.OnProject}. */
    public long projectId() {
        if (admission.subject() instanceof Gate.Subject.OfProject(long id)) {
            return id;
        }
        throw new IllegalStateException("the route is not on a project");
    }

    /** The group that {@code :id} names; only on routes with {@link Access.OnGroup}. */
    public long groupId() {
        if (admission.subject() instanceof Gate.Subject.OfGroup(long id)) {
            return id;
        }
        throw new IllegalStateException("the route is not on a group");
    }

    /** The project or group that {@code :id} names. */
    public Gate.Subject subject() {
        return admission.subject();
    }
}
