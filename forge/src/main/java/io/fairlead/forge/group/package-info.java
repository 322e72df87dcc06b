/** Groups over the API. Start reading at {@link GroupRoutes}. */
@NullMarked
package io.fairlead.forge.group;

import org.jspecify.annotations.NullMarked;
