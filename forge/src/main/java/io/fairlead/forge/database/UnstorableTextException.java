package io.fairlead.forge.database;

import io.fairlead.base.error.FairleadException;

/** A text that no column can hold, because the character U+0000 is in it. */
public final class UnstorableTextException extends FairleadException {
    private static final long serialVersionUID = 1;

    public UnstorableTextException(Throwable cause) {
        super("store.unstorable-text", "a text has the character U+0000, which cannot be kept; leave it out", cause);
    }
}
