package io.fairlead.forge.database;

import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/**
 * The relational store behind the {@code *Queries} classes.
 *
 * <p>SQL is written once, in the part that SQLite 3.35 and PostgreSQL 15 share ({@code RETURNING}, {@code ON CONFLICT}).
 * Times are stored as milliseconds since 1970, truth values as 0 and 1.
 *
 * <p>Both methods throw {@link DatabaseUnavailableException} when the database cannot be reached or is too busy.
 */
public interface Database {
    /** Runs reads; they see everything that was committed before. May run beside other reads and writes. */
    <T> T read(Function<Handle, T> work);

    /**
     * Runs reads and writes in one transaction, which is on disk when this returns and taken back when it throws. What is
     * committed is what some order of all writes one after the other would have led to, so that a write may act on what it
     * has read.
     *
     * @param work may be run again from its beginning when another write came between: it changes nothing but the database
     *     and does not call this object
     */
    <T> T write(Function<Handle, T> work);
}
