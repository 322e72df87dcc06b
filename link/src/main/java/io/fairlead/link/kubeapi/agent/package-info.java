/**
 * agentk's side: a request from the tunnel becomes a request to the API server, made as whom kas said and nobody else.
 *
 * <p>Start reading at {@link io.fairlead.link.kubeapi.agent.KubernetesApiAgent}. Data plane: nothing here blocks.
 */
@NullMarked
package io.fairlead.link.kubeapi.agent;

import org.jspecify.annotations.NullMarked;
