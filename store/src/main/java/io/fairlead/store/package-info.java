/**
 * Where things are kept: adapters of the ports that the features define, and the migrations.
 *
 * <p>Start reading at {@link io.fairlead.store.sqlite.SqliteDatabase} or {@link
 * io.fairlead.store.postgresql.PostgresqlDatabase}.
 */
@NullMarked
package io.fairlead.store;

import org.jspecify.annotations.NullMarked;
