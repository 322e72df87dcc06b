/** How a push reaches Flux at once. Start reading at the sides: {@code kas.FluxService}, which tells agents of pushes. */
@NullMarked
package io.fairlead.link.flux;

import org.jspecify.annotations.NullMarked;
