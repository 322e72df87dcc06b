/**
 * What several kas share, kept in a Valkey or Redis of the operator's. Start reading at {@link
 * io.fairlead.store.valkey.ValkeyKasBoard}.
 */
@NullMarked
package io.fairlead.store.valkey;

import org.jspecify.annotations.NullMarked;
