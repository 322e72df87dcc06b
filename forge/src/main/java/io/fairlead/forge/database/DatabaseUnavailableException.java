package io.fairlead.forge.database;

import io.fairlead.base.error.FairleadException;
import org.jspecify.annotations.Nullable;

/**
 * The database cannot do its work now, and may a moment later: it is not reached, or too much is asked of it. A write that
 * ends so has usually not happened; when the connection broke while it was committed, nobody knows.
 */
public final class DatabaseUnavailableException extends FairleadException {
    private static final long serialVersionUID = 1;

    public DatabaseUnavailableException(String code, String message, @Nullable Throwable cause) {
        super(code, message, cause);
    }
}
