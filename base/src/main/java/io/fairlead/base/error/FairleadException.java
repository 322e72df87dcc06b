package io.fairlead.base.error;

import org.jspecify.annotations.Nullable;

/**
 * An expected failure: something outside the program is not as it must be.
 *
 * <p>{@code code} is stable and can be counted and looked up (for example {@code config.unknown-key}). The message is one
 * sentence that names the offending value and says what to do; it never holds a secret.
 */
public class FairleadException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String code;

    public FairleadException(String code, String message) {
        this(code, message, null);
    }

    public FairleadException(String code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public String code() {
        return code;
    }
}
