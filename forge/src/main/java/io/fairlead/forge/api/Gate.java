package io.fairlead.forge.api;

import java.util.OptionalLong;

/** Decides whether a request may pass to its handler. */
public interface Gate {
    /** What the gate found out: the caller and, for routes on a project, the project's id. */
    record Admission(Caller caller, OptionalLong projectId) {}

    /** @throws ApiError 401, 403 or 404 when the caller may not pass */
    Admission admit(Access access, Request request, PathParameters parameters);
}
