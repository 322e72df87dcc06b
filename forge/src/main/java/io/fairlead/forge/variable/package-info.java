/** CI/CD variables of projects and groups. Start reading at {@link VariableRoutes}. */
@NullMarked
package io.fairlead.forge.variable;

import org.jspecify.annotations.NullMarked;
