package io.fairlead.wire.grpc.ws;

/** The peer broke a rule of the WebSocket; carries what to tell it before the connection is closed. */
final class FrameViolation extends Exception {
    private static final long serialVersionUID = 1;

    private final int closeCode;
    private final String broken;

    FrameViolation(int closeCode, String broken) {
        super(broken, null, false, false);
        this.closeCode = closeCode;
        this.broken = broken;
    }

    /** The rule, in words for the peer. */
    String broken() {
        return broken;
    }

    int closeCode() {
        return closeCode;
    }
}
