/** Registers this pod. Start reading at {@link io.fairlead.link.registrar.agent.Registration}. */
@NullMarked
package io.fairlead.link.registrar.agent;

import org.jspecify.annotations.NullMarked;
