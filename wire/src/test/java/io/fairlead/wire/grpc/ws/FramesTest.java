package io.fairlead.wire.grpc.ws;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.testing.property.Property;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The two ends of a carrier against each other. */
class FramesTest {
    private final List<String> endings = new ArrayList<>();
    private final EmbeddedChannel client = new EmbeddedChannel(carrier(FrameReader.Side.CLIENT));
    private final EmbeddedChannel server = new EmbeddedChannel(carrier(FrameReader.Side.SERVER));

    @Test
    void carryAnyBytesInAnyPiecesBothWays() {
        Property.holds(200, any -> carry(any.random(), any.integer(1, 30)));
    }

    private static void carry(Random random, int writes) {
        FramesTest ends = new FramesTest();
        for (EmbeddedChannel from : List.of(ends.client, ends.server)) {
            EmbeddedChannel to = from.equals(ends.client) ? ends.server : ends.client;
            ByteBuf sent = Unpooled.buffer();
            for (int i = 0; i < writes; i++) {
                byte[] piece = new byte[random.nextInt(5) == 0 ? random.nextInt(100_000) : random.nextInt(300)];
                random.nextBytes(piece);
                sent.writeBytes(piece);
                from.write(Unpooled.copiedBuffer(piece));
                if (random.nextInt(4) == 0) {
                    from.flush();
                }
            }
            from.flush();
            deliver(from, to, random);
            assertThat(ByteBufUtil.equals(received(to), sent)).isTrue();
            sent.release();
        }
        ends.client.finishAndReleaseAll();
        ends.server.finishAndReleaseAll();
    }

    @Test
    void gatherTheWritesOfAFlushIntoOneFrame() {
        List<ChannelFuture> writes = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            writes.add(client.write(Unpooled.copiedBuffer(new byte[100])));
        }
        assertThat(client.<ByteBuf>readOutbound()).isNull();
        client.flush();
        ByteBuf frame = client.readOutbound();
        assertThat(frame.readableBytes()).isEqualTo(2 + 2 + 4 + 1000);
        assertThat(client.<ByteBuf>readOutbound()).isNull();
        assertThat(writes).allMatch(ChannelFuture::isSuccess);
        frame.release();
    }

    @Test
    void failWritesThatNoFrameWillCarry() {
        ChannelFuture waiting = server.write(Unpooled.copiedBuffer(new byte[10]));
        server.close();
        ChannelFuture late = server.write(Unpooled.copiedBuffer(new byte[10]));
        assertThat(late.isDone() && !late.isSuccess()).isTrue();
        assertThat(waiting.isDone()).isTrue();
        server.finishAndReleaseAll();
    }

    @Test
    void doNotAnswerPingsOfAPeerThatDoesNotRead() {
        server.config().setWriteBufferWaterMark(new WriteBufferWaterMark(5, 10));
        server.write(Unpooled.copiedBuffer(new byte[FrameWriter.FRAME_BYTES]));
        server.runPendingTasks();
        assertThat(server.isWritable()).isFalse();
        server.writeInbound(Unpooled.wrappedBuffer(RawPeer.masked(0x89, new byte[] {1})));
        server.flushOutbound();
        for (ByteBuf out = server.readOutbound(); out != null; out = server.readOutbound()) {
            assertThat(out.getByte(0)).isNotEqualTo((byte) 0x8a);
            out.release();
        }
    }

    @Test
    void tellTheHandlersAboveWhyThePeerClosed() {
        server.writeInbound(Unpooled.wrappedBuffer(RawPeer.masked(0x88, CloseReason.write(1001, "moving\nhouse"))));
        assertThat(endings).containsExactly("1001 moving?house");
        server.finishAndReleaseAll();
    }

    private WebSocketCarrier carrier(FrameReader.Side side) {
        return new WebSocketCarrier(
                side,
                7,
                () -> new WebSocketCarrier.Farewell(1000, ""),
                (ctx, code, reason) -> endings.add(code + " " + reason));
    }

    private static void deliver(EmbeddedChannel from, EmbeddedChannel to, Random random) {
        for (ByteBuf out = from.readOutbound(); out != null; out = from.readOutbound()) {
            while (out.isReadable()) {
                int length = Math.min(out.readableBytes(), 1 + random.nextInt(40_000));
                to.writeInbound(out.readBytes(length));
            }
            out.release();
        }
    }

    private static ByteBuf received(EmbeddedChannel to) {
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf in = to.readInbound(); in != null; in = to.readInbound()) {
            all.writeBytes(in);
            in.release();
        }
        return all;
    }
}
