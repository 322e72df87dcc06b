package io.fairlead.link.tunnel.rpc;

import io.grpc.Status;
import java.util.Set;

/** What the kas that has the tunnel says. {@link #field} is the member's number in GatewayKasResponse, for the order check. */
public sealed interface GatewayFrame extends TunnelFrame
        permits GatewayFrame.Found,
                GatewayFrame.NoneYet,
                GatewayFrame.Head,
                GatewayFrame.Trail,
                GatewayFrame.Failed,
                TunnelFrame.Body,
                TunnelFrame.Malformed {
    /**
     * A tunnel is reserved for the call.
     *
     * @param methods what its agent announced, each as {@code service/method}; empty from an original
     */
    record Found(Set<String> methods) implements GatewayFrame {
        @Override
        public int field() {
            return GatewayKasResponse.TUNNEL_READY_FIELD_NUMBER;
        }
    }

    /** No tunnel is free; the call goes on waiting for one. */
    record NoneYet() implements GatewayFrame {
        @Override
        public int field() {
            return GatewayKasResponse.NO_TUNNEL_FIELD_NUMBER;
        }
    }

    /** The answer begins. */
    record Head() implements GatewayFrame {
        @Override
        public int field() {
            return GatewayKasResponse.HEADER_FIELD_NUMBER;
        }
    }

    /** The end of the answer. */
    record Trail() implements GatewayFrame {
        @Override
        public int field() {
            return GatewayKasResponse.TRAILER_FIELD_NUMBER;
        }
    }

    /** The request failed. */
    record Failed(Status status) implements GatewayFrame {
        @Override
        public int field() {
            return GatewayKasResponse.ERROR_FIELD_NUMBER;
        }
    }
}
