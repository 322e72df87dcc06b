/**
 * Requests to a cluster's API server, from a client of kas through a tunnel to the agent that makes them.
 *
 * <p>docs/internals/kubernetes-api.md tells the rules. Start reading at
 * {@link io.fairlead.link.kubeapi.kas.KubernetesApiProxy} (the client's side) and
 * {@link io.fairlead.link.kubeapi.agent.KubernetesApiAgent} (the cluster's side).
 */
@NullMarked
package io.fairlead.link.kubeapi;

import org.jspecify.annotations.NullMarked;
