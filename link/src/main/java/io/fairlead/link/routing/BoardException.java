package io.fairlead.link.routing;

import io.fairlead.base.error.FairleadException;
import org.jspecify.annotations.Nullable;

/** The board cannot be read or written now: it is away, it refuses us, or it holds what is not ours. */
public final class BoardException extends FairleadException {
    private static final long serialVersionUID = 1;

    public BoardException(String message, @Nullable Throwable cause) {
        super("routing.registry-unavailable", message, cause);
    }
}
