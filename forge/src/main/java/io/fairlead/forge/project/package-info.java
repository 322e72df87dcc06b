/** Projects, their namespaces and members. Start reading at {@link Projects}. */
@NullMarked
package io.fairlead.forge.project;

import org.jspecify.annotations.NullMarked;
