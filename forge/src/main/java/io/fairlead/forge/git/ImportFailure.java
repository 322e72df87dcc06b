package io.fairlead.forge.git;

import java.io.IOException;

/** An import cannot be done; the message says why in words for whoever asked for it, and holds no secret. */
public final class ImportFailure extends IOException {
    private static final long serialVersionUID = 1;

    public ImportFailure(String message) {
        super(message);
    }

    ImportFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
