/**
 * Addresses of listeners: how others reach them, and free ones; and addresses of clients: who really asks, behind which
 * proxies. Start reading at {@link Addresses} and {@link TrustedProxies}.
 */
@NullMarked
package io.fairlead.base.net;

import org.jspecify.annotations.NullMarked;
