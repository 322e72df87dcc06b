/** What this installation is. Start reading at {@link MetadataRoutes}. */
@NullMarked
package io.fairlead.forge.instance;

import org.jspecify.annotations.NullMarked;
