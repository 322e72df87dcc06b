/** Agents for Kubernetes as GitLab keeps them: their names, tokens and what their configuration allows to people. Start reading at {@link AgentRoutes} and {@link ProxyAuthorization}. */
@NullMarked
package io.fairlead.forge.agent;

import org.jspecify.annotations.NullMarked;
