/**
 * The Kubernetes API proxy of kas: who asks, which agent, one exchange through a tunnel.
 *
 * <p>Start reading at {@link io.fairlead.link.kubeapi.kas.KubernetesApiProxy}; one request's life is
 * {@link io.fairlead.link.kubeapi.kas.ProxyExchange}. Data plane: nothing here blocks.
 */
@NullMarked
package io.fairlead.link.kubeapi.kas;

import org.jspecify.annotations.NullMarked;
