/** Git over HTTP. Start reading at {@link GitRoutes}. */
@NullMarked
package io.fairlead.forge.git;

import org.jspecify.annotations.NullMarked;
