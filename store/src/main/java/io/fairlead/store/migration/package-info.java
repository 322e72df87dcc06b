/**
 * How a database gets the tables this version needs, forward only.
 *
 * <p>Written here rather than taken from Flyway: measured with SQLite, Flyway 13.12 alone added 26 MB resident and as much
 * time again as opening the database, at every start, and the whole need is a numbered list.
 *
 * <p>Start reading at {@link Migrator}; the statements are beside it in the resources.
 */
@NullMarked
package io.fairlead.store.migration;

import org.jspecify.annotations.NullMarked;
