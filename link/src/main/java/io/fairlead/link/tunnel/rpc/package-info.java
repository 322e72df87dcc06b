/**
 * The tunnel's messages. Those that carry bytes are coded by hand, without a protobuf object for each chunk; the rest by the
 * generated classes. Start reading at {@link io.fairlead.link.tunnel.rpc.TunnelCodec}.
 */
@NullMarked
package io.fairlead.link.tunnel.rpc;

import org.jspecify.annotations.NullMarked;
