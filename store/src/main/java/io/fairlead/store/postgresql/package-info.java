/** The database server for installations that outgrow one file. Start reading at {@link PostgresqlDatabase}. */
@NullMarked
package io.fairlead.store.postgresql;

import org.jspecify.annotations.NullMarked;
