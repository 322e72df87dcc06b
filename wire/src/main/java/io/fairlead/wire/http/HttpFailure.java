package io.fairlead.wire.http;

import io.fairlead.base.error.FairleadException;
import org.jspecify.annotations.Nullable;

/** A request that got no whole answer. */
public final class HttpFailure extends FairleadException {
    private static final long serialVersionUID = 1;

    /** How far the request had come. */
    public enum Progress {
        /** No connection: nothing was sent. */
        UNSENT,
        /** Bytes were sent and no head of an answer came. */
        UNANSWERED,
        /** The answer broke off. */
        BROKEN_OFF
    }

    private final Progress progress;

    public HttpFailure(Progress progress, String message, @Nullable Throwable cause) {
        super(
                "http.upstream-"
                        + progress.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'),
                message,
                cause);
        this.progress = progress;
    }

    public Progress progress() {
        return progress;
    }
}
