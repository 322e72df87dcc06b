package io.fairlead.gitlab.api;

import io.fairlead.base.error.FairleadException;
import org.jspecify.annotations.Nullable;

/**
 * GitLab did not give what was asked for: it refused, broke, gave something else, or could not be reached. The message
 * names method and path, never a token.
 */
public final class GitLabException extends FairleadException {
    private static final long serialVersionUID = 1;

    private static final int TIMEOUT = 408;
    private static final int TOO_MANY = 429;

    private final int status;
    private final String reason;

    private GitLabException(String code, int status, String reason, String message, @Nullable Throwable cause) {
        super(code, message, cause);
        this.status = status;
        this.reason = reason;
    }

    static GitLabException refused(String request, int status, String reason) {
        String why = reason.isEmpty() ? "" : ": " + reason;
        return new GitLabException(
                "gitlab.status",
                status,
                reason,
                "GitLab answered " + status + " to " + request + why + advice(status),
                null);
    }

    static GitLabException malformed(String request, int status, String what) {
        return new GitLabException(
                "gitlab.answer",
                status,
                "",
                "GitLab's answer to " + request + " cannot be used: " + what
                        + "; check that gitlab.address leads to GitLab itself",
                null);
    }

    static GitLabException unreachable(String request, String what, @Nullable Throwable cause) {
        return new GitLabException(
                "gitlab.unreachable",
                0,
                "",
                "GitLab gave no answer to " + request + ": " + what
                        + "; check gitlab.address, the network and gitlab.ca_certificate_file",
                cause);
    }

    private static String advice(int status) {
        return switch (status) {
            case 401 -> "; the token was refused, or kas and GitLab read different secrets";
            case 429 -> "; lower gitlab.api_rate_limit";
            default -> "";
        };
    }

    /** The HTTP status, 0 when there was no answer. */
    public int status() {
        return status;
    }

    /** Whether GitLab looked at what was shown and did not take it: asked again, it will say the same. */
    public boolean lastingRefusal() {
        boolean client = code().equals("gitlab.status") && status >= 400 && status < 500;
        return client && status != TIMEOUT && status != TOO_MANY;
    }

    /** What GitLab said, empty when nothing. */
    public String reason() {
        return reason;
    }
}
