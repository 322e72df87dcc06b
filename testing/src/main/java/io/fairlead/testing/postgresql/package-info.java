/** A real PostgreSQL for tests, from the package registry, without anything installed. Start reading at {@link PostgresqlServer}. */
@NullMarked
package io.fairlead.testing.postgresql;

import org.jspecify.annotations.NullMarked;
