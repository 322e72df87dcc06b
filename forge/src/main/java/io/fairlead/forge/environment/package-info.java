/** Where projects are deployed to, and what was deployed. Start reading at {@link EnvironmentRoutes}. */
@NullMarked
package io.fairlead.forge.environment;

import org.jspecify.annotations.NullMarked;
