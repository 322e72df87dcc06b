/** Where threads come from. Start reading at {@link VirtualThreads}. */
@NullMarked
package io.fairlead.base.thread;

import org.jspecify.annotations.NullMarked;
