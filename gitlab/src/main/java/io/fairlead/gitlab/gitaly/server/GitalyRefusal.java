package io.fairlead.gitlab.gitaly.server;

/** What was asked for is not there or cannot be asked for. The message goes to the caller. */
public final class GitalyRefusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Which status the caller gets. */
    public enum Reason {
        NOT_FOUND,
        INVALID_ARGUMENT
    }

    private final Reason reason;

    public GitalyRefusal(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
