/** Telling other programs what happened in a project. Start reading at {@link HookDelivery}. */
@NullMarked
package io.fairlead.forge.hook;

import org.jspecify.annotations.NullMarked;
