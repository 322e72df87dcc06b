package io.fairlead.wire.grpc;

/** Told how a channel's connection comes and goes, in turn, beginning with {@link #connected}. Must not block. */
public interface ConnectionListener {
    /** Does nothing. */
    ConnectionListener NONE = new ConnectionListener() {
        @Override
        public void connected() {}

        @Override
        public void lost() {}
    };

    /** There is a connection over which calls can be made. */
    void connected();

    /** The last such connection is gone. Another is being tried for. */
    void lost();
}
