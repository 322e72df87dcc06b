/**
 * Who a server is and whom a client trusts. Start reading at {@link io.fairlead.wire.tls.PemIdentity}, then {@link
 * io.fairlead.wire.tls.ServerTls} and {@link io.fairlead.wire.tls.ClientTls}; {@link io.fairlead.wire.tls.LocalCa} makes
 * identities where nobody has given any.
 */
@NullMarked
package io.fairlead.wire.tls;

import org.jspecify.annotations.NullMarked;
