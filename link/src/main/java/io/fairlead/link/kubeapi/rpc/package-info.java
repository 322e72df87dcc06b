/**
 * HTTP over gRPC. Chunks of bodies are coded by hand, heads by the generated classes. Start reading at
 * {@link io.fairlead.link.kubeapi.rpc.HttpFrames}.
 */
@NullMarked
package io.fairlead.link.kubeapi.rpc;

import org.jspecify.annotations.NullMarked;
