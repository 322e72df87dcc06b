package io.fairlead.wire.http;

/** How a request's body is framed. */
public sealed interface RequestBody {
    /** No body at all. */
    record None() implements RequestBody {}

    /** Exactly {@code length} bytes. */
    record Sized(long length) implements RequestBody {}

    /** As long as it turns out to be. */
    record Chunked() implements RequestBody {}
}
