/** The forge as a process: its wiring and nothing else. Start reading at {@link ForgeApp}. */
@NullMarked
package io.fairlead.apps.forge;

import org.jspecify.annotations.NullMarked;
