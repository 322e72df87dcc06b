/**
 * What carries gRPC's HTTP/2 bytes: a bare connection, TLS, or a WebSocket whose binary messages are pieces of one byte
 * stream. Everything that touches gRPC's {@code Internal*} types is in this package, so that an upgrade of gRPC breaks
 * here or nowhere. Start reading at {@link io.fairlead.wire.grpc.ws.CarrierServer} and {@link
 * io.fairlead.wire.grpc.ws.CarrierClient}; the frames are in {@link io.fairlead.wire.grpc.ws.WebSocketCarrier}.
 */
@NullMarked
package io.fairlead.wire.grpc.ws;

import org.jspecify.annotations.NullMarked;
