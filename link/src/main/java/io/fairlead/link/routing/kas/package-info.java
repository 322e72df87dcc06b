/** Kas beside kas. Start reading at {@link io.fairlead.link.routing.kas.TunnelRouter}. */
@NullMarked
package io.fairlead.link.routing.kas;

import org.jspecify.annotations.NullMarked;
