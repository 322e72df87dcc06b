/** How the features reach the store: SQL as text in their {@code *Queries} classes, run by whichever database was configured. Start reading at {@link Database}. */
@NullMarked
package io.fairlead.forge.database;

import org.jspecify.annotations.NullMarked;
