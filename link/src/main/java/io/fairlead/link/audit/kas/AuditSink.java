package io.fairlead.link.audit.kas;

import java.io.IOException;

/** Where records are kept. Calls block and come one after another. */
public interface AuditSink {
    /** What became of a batch. */
    enum Outcome {
        KEPT,
        /** It may be tried again. */
        NOT_NOW,
        /** It will never be. */
        NEVER
    }

    /** @param lines whole lines of JSON */
    Outcome keep(byte[] lines);

    /** Gives back what it holds. */
    default void close() throws IOException {}
}
