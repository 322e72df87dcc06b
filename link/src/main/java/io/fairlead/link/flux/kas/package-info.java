/** Tells agents of pushes to the projects they follow. Start reading at {@code FluxService}. */
@NullMarked
package io.fairlead.link.flux.kas;

import org.jspecify.annotations.NullMarked;
