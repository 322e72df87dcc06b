/** The embedded database. Start reading at {@link SqliteDatabase}. */
@NullMarked
package io.fairlead.store.sqlite;

import org.jspecify.annotations.NullMarked;
