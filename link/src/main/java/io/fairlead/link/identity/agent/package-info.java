/** How agentk proves who it is. Start reading at {@link io.fairlead.link.identity.agent.AuthenticatedChannel}. */
@NullMarked
package io.fairlead.link.identity.agent;

import org.jspecify.annotations.NullMarked;
