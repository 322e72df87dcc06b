package io.fairlead.wire.grpc.ws;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class MaskTest {
    @Property
    void masksInPlaceLikeTheFormulaOfTheRfc(@ForAll @Size(max = 70) byte[] bytes, @ForAll int key) {
        ByteBuf buffer = Unpooled.copiedBuffer(bytes);
        Mask.inPlace(buffer, bytes.length, key);
        assertThat(ByteBufUtil.getBytes(buffer)).isEqualTo(expected(bytes, key));
        buffer.release();
    }

    @Property
    void masksInPiecesAsInOne(
            @ForAll @Size(max = 70) byte[] bytes, @ForAll int key, @ForAll @IntRange(max = 70) int cut) {
        int first = Math.min(cut, bytes.length);
        ByteBuf buffer = Unpooled.directBuffer(100).writeBytes(bytes);
        Mask.inPlace(buffer, first, key);
        buffer.skipBytes(first);
        Mask.inPlace(buffer, bytes.length - first, Mask.rotated(key, first));
        buffer.readerIndex(0);
        assertThat(ByteBufUtil.getBytes(buffer)).isEqualTo(expected(bytes, key));
        buffer.release();
    }

    @Property
    void copiesBuffersOfSeveralPartsAndLeavesThemAsTheyWere(
            @ForAll @Size(max = 40) byte[] one, @ForAll @Size(max = 40) byte[] two, @ForAll int key) {
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

    @Property
    void masksBuffersOfSeveralPartsInPlace(
            @ForAll @Size(min = 1, max = 40) byte[] one, @ForAll @Size(min = 1, max = 40) byte[] two, @ForAll int key) {
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
