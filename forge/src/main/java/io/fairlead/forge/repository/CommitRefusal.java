package io.fairlead.forge.repository;

/** A commit or a movement of references that cannot be made, with a reason for whoever asked. */
public final class CommitRefusal extends Exception {
    private static final long serialVersionUID = 1;

    /** Why. */
    public enum Reason {
        /** What was asked for does not fit what is there. */
        MISFIT,
        /** A rule forbids it. */
        FORBIDDEN,
        /** Somebody else moved the same reference meanwhile. */
        OVERTAKEN
    }

    private final Reason reason;

    public CommitRefusal(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    static CommitRefusal misfit(String message) {
        return new CommitRefusal(Reason.MISFIT, message);
    }

    public Reason reason() {
        return reason;
    }

    public String message() {
        return String.valueOf(getMessage());
    }
}
