package io.fairlead.link.tunnel.rpc;

import io.netty.buffer.ByteBuf;

/** Protobuf's variable-length numbers and the one field shape the hot path needs: a tag and a length-delimited value. */
public final class Varint {
    private Varint() {}

    /** Bytes that {@code value} takes; not for negative values. */
    public static int size(int value) {
        return value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : value < 1 << 28 ? 4 : 5;
    }

    /** Writes {@code value} and returns the position after it. */
    public static int put(byte[] to, int at, int value) {
        int rest = value;
        int position = at;
        while (rest >= 0x80) {
            to[position++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        to[position] = (byte) rest;
        return position + 1;
    }

    /** Reads a length; -1 when the bytes end first or it does not fit into an int. */
    public static int read(ByteBuf from) {
        int value = 0;
        for (int shift = 0; shift < 32 && from.isReadable(); shift += 7) {
            byte next = from.readByte();
            value |= (next & 0x7f) << shift;
            if (next >= 0) {
                return value < 0 ? -1 : value;
            }
        }
        return -1;
    }

    /**
     * Steps into the field {@code tag} when it is all that {@code from} holds; otherwise leaves {@code from} where it was and
     * answers false.
     */
    public static boolean enterOnlyField(ByteBuf from, int tag) {
        int start = from.readerIndex();
        if (from.isReadable() && from.readByte() == tag && read(from) == from.readableBytes()) {
            return true;
        }
        from.readerIndex(start);
        return false;
    }
}
