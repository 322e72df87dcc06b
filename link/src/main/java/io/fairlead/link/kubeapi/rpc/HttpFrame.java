package io.fairlead.link.kubeapi.rpc;

import io.netty.buffer.ByteBuf;

/**
 * One message of a request or of an answer; {@code H} is the head's type. {@link #field} is the member's number, the same
 * in both directions, for the order check.
 */
public sealed interface HttpFrame<H> {
    int field();

    /** Releases the bytes of a frame that nobody will use. */
    static void release(HttpFrame<?> frame) {
        switch (frame) {
            case Data<?>(ByteBuf data) -> data.release();
            case Upgraded<?>(ByteBuf data) -> data.release();
            case Head<?> head -> {}
            case Trailer<?> trailer -> {}
        }
    }

    /** The head. */
    record Head<H>(H header) implements HttpFrame<H> {
        @Override
        public int field() {
            return 1;
        }
    }

    /** A piece of the body; whoever holds it releases it. */
    record Data<H>(ByteBuf data) implements HttpFrame<H> {
        @Override
        public int field() {
            return 2;
        }
    }

    /** The body is complete. */
    record Trailer<H>() implements HttpFrame<H> {
        @Override
        public int field() {
            return 3;
        }
    }

    /** Bytes of an upgraded connection; whoever holds it releases it. */
    record Upgraded<H>(ByteBuf data) implements HttpFrame<H> {
        @Override
        public int field() {
            return 4;
        }
    }
}
