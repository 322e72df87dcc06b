/**
 * Which API server to talk to, and as whom: the pod's own service account or a kubeconfig. Start reading at
 * {@link KubeConnection}.
 */
@NullMarked
package io.fairlead.kube.connection;

import org.jspecify.annotations.NullMarked;
