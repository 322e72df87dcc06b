/** Where threads come from. Start reading at {@link VirtualThreads}; {@link ComputingThread} is for what computes for long. */
@NullMarked
package io.fairlead.base.thread;

import org.jspecify.annotations.NullMarked;
