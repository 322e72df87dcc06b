/** Addresses of listeners: how others reach them, and free ones. Start reading at {@link Addresses}. */
@NullMarked
package io.fairlead.base.net;

import org.jspecify.annotations.NullMarked;
