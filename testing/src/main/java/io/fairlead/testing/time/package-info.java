/** Time that tests own. */
@NullMarked
package io.fairlead.testing.time;

import org.jspecify.annotations.NullMarked;
