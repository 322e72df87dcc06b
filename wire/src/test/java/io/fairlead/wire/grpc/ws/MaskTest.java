package io.fairlead.wire.grpc.ws;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.testing.property.Property;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class MaskTest {
    @Test
    void masksInPlaceLikeTheFormulaOfTheRfc() {
        Property.holds(any -> masksInPlace(any.bytes(70), any.integer()));
    }

    private static void masksInPlace(byte[] bytes, int key) {
        ByteBuf buffer = Unpooled.copiedBuffer(bytes);
        Mask.inPlace(buffer, bytes.length, key);
        assertThat(ByteBufUtil.getBytes(buffer)).isEqualTo(expected(bytes, key));
        buffer.release();
    }

    @Test
    void masksInPiecesAsInOne() {
        Property.holds(any -> masksInPieces(any.bytes(70), any.integer(), any.integer(0, 70)));
    }

    private static void masksInPieces(byte[] bytes, int key, int cut) {
        int first = Math.min(cut, bytes.length);
        ByteBuf buffer = Unpooled.directBuffer(100).writeBytes(bytes);
        Mask.inPlace(buffer, first, key);
        buffer.skipBytes(first);
        Mask.inPlace(buffer, bytes.length - first, Mask.rotated(key, first));
        buffer.readerIndex(0);
        assertThat(ByteBufUtil.getBytes(buffer)).isEqualTo(expected(bytes, key));
        buffer.release();
    }

    @Test
    void copiesBuffersOfSeveralPartsAndLeavesThemAsTheyWere() {
        Property.holds(any -> copiesParts(any.bytes(40), any.bytes(40), any.integer()));
    }

    private static void copiesParts(byte[] one, byte[] two, int key) {
        ByteBuf from = Unpooled.wrappedBuffer(Unpooled.copiedBuffer(one), Unpooled.copiedBuffer(two))
                .asReadOnly();
        byte[] all = ByteBufUtil.getBytes(from);
        ByteBuf to = Unpooled.directBuffer(100).writeInt(7);
        Mask.copy(from, to, key);
        assertThat(to.readInt()).isEqualTo(7);
        assertThat(ByteBufUtil.getBytes(to)).isEqualTo(expected(all, key));
        assertThat(ByteBufUtil.getBytes(from)).isEqualTo(all);
        from.release();
        to.release();
    }

    @Test
    void masksBuffersOfSeveralPartsInPlace() {
        Property.holds(any -> masksParts(any.bytes(1, 40), any.bytes(1, 40), any.integer()));
    }

    private static void masksParts(byte[] one, byte[] two, int key) {
        ByteBuf buffer = Unpooled.wrappedBuffer(Unpooled.copiedBuffer(one), Unpooled.copiedBuffer(two));
        byte[] all = ByteBufUtil.getBytes(buffer);
        Mask.inPlace(buffer, all.length, key);
        assertThat(ByteBufUtil.getBytes(buffer)).isEqualTo(expected(all, key));
        buffer.release();
    }

    private static byte[] expected(byte[] bytes, int key) {
        byte[] masked = bytes.clone();
        for (int i = 0; i < masked.length; i++) {
            masked[i] ^= (byte) (key >>> (24 - 8 * (i % 4)));
        }
        return masked;
    }
}
