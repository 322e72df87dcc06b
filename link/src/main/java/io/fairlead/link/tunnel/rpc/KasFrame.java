package io.fairlead.link.tunnel.rpc;

/** What kas says on a tunnel stream. {@link #field} is the member's number in ConnectResponse, for the order check. */
public sealed interface KasFrame extends TunnelFrame
        permits KasFrame.Open, KasFrame.HalfClose, TunnelFrame.Body, TunnelFrame.Malformed {
    /** The first: which method is called. */
    record Open(RequestInfo info) implements KasFrame {
        @Override
        public int field() {
            return ConnectResponse.REQUEST_INFO_FIELD_NUMBER;
        }
    }

    /** The caller has nothing more to say. */
    record HalfClose() implements KasFrame {
        @Override
        public int field() {
            return ConnectResponse.CLOSE_SEND_FIELD_NUMBER;
        }
    }
}
