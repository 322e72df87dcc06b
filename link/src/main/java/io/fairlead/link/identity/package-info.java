/**
 * Who is there and what they may do: an agent by its token, a person or a job at the cluster's door.
 *
 * <p>Start reading at {@link io.fairlead.link.identity.AgentTokens} (agents) and
 * {@link io.fairlead.link.identity.ProxyAccess} (people and jobs).
 */
@NullMarked
package io.fairlead.link.identity;

import org.jspecify.annotations.NullMarked;
