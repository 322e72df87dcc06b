/**
 * gRPC ports and gRPC connections, with all that the link between agents and kas asks of them: four address schemes, an
 * age, keep-alive, draining. Start reading at {@link io.fairlead.wire.grpc.GrpcListener} for the serving side and {@link
 * io.fairlead.wire.grpc.AgentChannel} for the calling side.
 */
@NullMarked
package io.fairlead.wire.grpc;

import org.jspecify.annotations.NullMarked;
