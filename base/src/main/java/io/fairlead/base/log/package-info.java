/** Log lines on standard error: SLF4J's provider, JSON lines, levels that change at run time. Start reading at {@link
 * Logging}. */
@NullMarked
package io.fairlead.base.log;

import org.jspecify.annotations.NullMarked;
