package io.fairlead.gitlab.gitaly;

/** Where a branch stands. */
public sealed interface Head {
    /** The full reference that was found and the object it names. */
    record Commit(String ref, String id) implements Head {}

    /** The repository has no references at all: nothing was pushed yet. */
    record EmptyRepository() implements Head {}

    /** There are references, but none of those asked for. */
    record RefNotFound() implements Head {}
}
