/** A thin client of an API server. Start reading at {@link KubeClient}. */
@NullMarked
package io.fairlead.kube.client;

import org.jspecify.annotations.NullMarked;
