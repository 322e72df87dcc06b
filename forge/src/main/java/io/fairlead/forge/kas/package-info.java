/** The internal API that kas calls. Start reading at {@link KasRoutes}. */
@NullMarked
package io.fairlead.forge.kas;

import org.jspecify.annotations.NullMarked;
