package io.fairlead.forge.api;

/** Decides whether a request may pass to its handler. */
public interface Gate {
    /** What the gate found out: the caller and what {@code :id} names. */
    record Admission(Caller caller, Subject subject) {}

    /** What a request is about. */
    sealed interface Subject {
        record None() implements Subject {}

        record OfProject(long id) implements Subject {}

        record OfGroup(long id) implements Subject {}
    }

    /** @throws ApiError 401, 403 or 404 when the caller may not pass */
    Admission admit(Access access, Request request, PathParameters parameters);
}
