/** Commands about agents. Start reading at {@link AgentCommand}. */
@NullMarked
package io.fairlead.cli.agent;

import org.jspecify.annotations.NullMarked;
