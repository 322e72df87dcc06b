/** Statements that must hold for anything, tried on random cases. Start reading at {@link io.fairlead.testing.property.Property}. */
@NullMarked
package io.fairlead.testing.property;

import org.jspecify.annotations.NullMarked;
