/** A real Valkey or Redis for tests. Start reading at {@link ValkeyServer}. */
@NullMarked
package io.fairlead.testing.valkey;

import org.jspecify.annotations.NullMarked;
