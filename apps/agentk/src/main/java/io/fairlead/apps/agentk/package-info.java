/** agentk as a process: options and wiring, nothing else. Start reading at {@link AgentkApp}. */
@NullMarked
package io.fairlead.apps.agentk;

import org.jspecify.annotations.NullMarked;
