package io.fairlead.link.kubeapi.kas;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebSocketFramesTest {
    private static final int[] LENGTHS = {0, 5, 125, 126, 65_535, 65_536};

    /** A binary frame of each kind of length, and where each ends. */
    private static byte[] frames(TreeSet<Integer> ends) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int length : LENGTHS) {
            all.write(0x82);
            if (length < 126) {
                all.write(length);
            } else if (length < 65_536) {
                all.write(126);
                all.write(length >> 8);
                all.write(length);
            } else {
                all.write(127);
                for (int shift = 56; shift >= 0; shift -= 8) {
                    all.write((int) ((long) length >> shift));
                }
            }
            all.writeBytes(new byte[length]);
            ends.add(all.size());
        }
        return all.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 100, 200_000})
    void knowsWhereAFrameEndsHoweverTheBytesCome(int pieces) {
        TreeSet<Integer> ends = new TreeSet<>();
        byte[] all = frames(ends);
        WebSocketFrames frames = new WebSocketFrames();
        for (int at = 0; at < all.length; at += pieces) {
            int size = Math.min(pieces, all.length - at);
            frames.pass(Unpooled.wrappedBuffer(all, at, size));
            assertThat(frames.mayClose()).as("after " + (at + size)).isEqualTo(ends.contains(at + size));
        }
    }

    @Test
    void putsNothingBehindACloseFrame() {
        WebSocketFrames frames = new WebSocketFrames();
        frames.pass(Unpooled.wrappedBuffer(new byte[] {(byte) 0x88, 2, 3, (byte) 0xe8}));
        assertThat(frames.mayClose()).isFalse();
    }

    @Test
    void saysWhyAsFarAsThereIsRoom() {
        ByteBuf frame = WebSocketFrames.close(ByteBufAllocator.DEFAULT, "ü".repeat(100));
        try {
            assertThat(frame.readUnsignedByte()).isEqualTo((short) 0x88);
            assertThat(frame.readUnsignedByte()).isEqualTo((short) 124);
            assertThat(frame.readUnsignedShort()).isEqualTo(1008);
            assertThat(frame.toString(StandardCharsets.UTF_8)).isEqualTo("ü".repeat(61));
        } finally {
            frame.release();
        }
    }
}
