/** Follows the configuration of this agent. Start reading at {@link io.fairlead.link.configuration.agent.ConfigurationWatch}. */
@NullMarked
package io.fairlead.link.configuration.agent;

import org.jspecify.annotations.NullMarked;
