package io.fairlead.wire.grpc.ws;

import io.grpc.Status;
import io.grpc.internal.GrpcAttributes;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.ProtocolNegotiationEvent;

/**
 * gRPC asks each connection whether a call's authority fits it. Ours carries calls to one kas only, whose name the TLS
 * handshake has checked already, and no call changes its authority.
 */
final class CallerAuthority {
    private CallerAuthority() {}

    static ProtocolNegotiationEvent accepted(ProtocolNegotiationEvent event) {
        return InternalProtocolNegotiationEvent.withAttributes(
                event,
                InternalProtocolNegotiationEvent.getAttributes(event).toBuilder()
                        .set(GrpcAttributes.ATTR_AUTHORITY_VERIFIER, authority -> Status.OK)
                        .build());
    }
}
