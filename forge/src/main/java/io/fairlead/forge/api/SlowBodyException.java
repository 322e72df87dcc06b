package io.fairlead.forge.api;

import java.io.IOException;

/** The body of a request stopped coming, or comes too slowly to wait for it; answered 408 while an answer is possible. */
public final class SlowBodyException extends IOException {
    private static final long serialVersionUID = 1;

    public SlowBodyException(String problem) {
        super(problem);
    }

    /** What the client is told. */
    public ApiError refusal() {
        return ApiError.message(408, "408 Request Timeout: " + getMessage());
    }
}
