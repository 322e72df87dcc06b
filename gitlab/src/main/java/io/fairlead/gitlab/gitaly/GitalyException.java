package io.fairlead.gitlab.gitaly;

import io.fairlead.base.error.FairleadException;
import org.jspecify.annotations.Nullable;

/** Gitaly did not answer as asked. The codes tell what can be done about it; see the constants. */
public final class GitalyException extends FairleadException {
    private static final long serialVersionUID = 1;

    /** Gitaly could not be reached or broke: worth another try. */
    public static final String UNAVAILABLE = "gitaly.unavailable";
    /** What was asked for is there but cannot be taken: too large, or not a file. Another try gives the same. */
    public static final String PRECONDITION = "gitaly.precondition";
    /** The repository or revision is not there. */
    public static final String NOT_FOUND = "gitaly.not-found";

    GitalyException(String code, String message, @Nullable Throwable cause) {
        super(code, message, cause);
    }
}
