/**
 * kas's side of the tunnel: which streams of which agent are free, and the one request each of them carries.
 *
 * <p>Start reading at {@link io.fairlead.link.tunnel.kas.TunnelRegistry}. Data plane: nothing here blocks.
 */
@NullMarked
package io.fairlead.link.tunnel.kas;

import org.jspecify.annotations.NullMarked;
