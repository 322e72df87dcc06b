package io.fairlead.link.tunnel.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.fairlead.link.tunnel.OutgoingMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The coding by hand against protobuf's own. */
class TunnelCodecTest {
    @Property(tries = 300)
    void whatWeSendIsWhatProtobufReads(@ForAll @Size(max = 300) byte[] framing, @ForAll @Size(max = 300) byte[] payload)
            throws IOException {
        byte[] whole = concat(framing, payload);
        ConnectRequest request =
                ConnectRequest.parseFrom(sent(TunnelCodec.called().getRequestMarshaller(), framing, payload));
        assertThat(request.getMsgCase()).isEqualTo(ConnectRequest.MsgCase.MESSAGE);
        assertThat(request.getMessage().getData().toByteArray()).isEqualTo(whole);
        ConnectResponse response =
                ConnectResponse.parseFrom(sent(TunnelCodec.served().getResponseMarshaller(), framing, payload));
        assertThat(response.getMsgCase()).isEqualTo(ConnectResponse.MsgCase.MESSAGE);
        assertThat(response.getMessage().getData().toByteArray()).isEqualTo(whole);
    }

    @Example
    void lengthsAroundEachSizeOfTheirCodeAreRight() throws IOException {
        for (int length :
                new int[] {0, 1, 123, 124, 125, 126, 127, 128, 16_380, 16_381, 16_383, 16_384, 2_097_151, 2_097_152}) {
            byte[] payload = new byte[length];
            byte[] bytes = sent(TunnelCodec.called().getRequestMarshaller(), new byte[0], payload);
            assertThat(ConnectRequest.parseFrom(bytes).getMessage().getData().size())
                    .isEqualTo(length);
            assertThat(body(TunnelCodec.agentFrame(Unpooled.wrappedBuffer(bytes))))
                    .isEqualTo(payload);
        }
    }

    @Property(tries = 300)
    void everyLegalCodingOfAMessageMeansTheSame(
            @ForAll @Size(max = 200) byte[] data,
            @ForAll @IntRange(min = 0, max = 4) int outerExcess,
            @ForAll @IntRange(min = 0, max = 4) int innerExcess,
            @ForAll boolean unknown,
            @ForAll boolean earlier)
            throws IOException {
        ByteArrayOutputStream inner = new ByteArrayOutputStream();
        if (earlier) {
            field(inner, 0x0a, new byte[] {1, 2, 3}, 0);
        }
        field(inner, 0x0a, data, innerExcess);
        if (unknown) {
            UnknownFieldSet.newBuilder()
                    .addField(
                            99, UnknownFieldSet.Field.newBuilder().addVarint(5).build())
                    .build()
                    .writeTo(inner);
        }
        ByteArrayOutputStream agent = new ByteArrayOutputStream();
        field(agent, 0x1a, inner.toByteArray(), outerExcess);
        assertThat(body(TunnelCodec.agentFrame(Unpooled.wrappedBuffer(agent.toByteArray()))))
                .isEqualTo(data);
        ByteArrayOutputStream kas = new ByteArrayOutputStream();
        field(kas, 0x12, inner.toByteArray(), outerExcess);
        assertThat(body(TunnelCodec.kasFrame(Unpooled.wrappedBuffer(kas.toByteArray()))))
                .isEqualTo(data);
    }

    @Property(tries = 2_000)
    void anyBytesAreReadAsProtobufReadsThem(@ForAll @Size(max = 24) byte[] bytes) {
        compare(bytes);
    }

    @Property(tries = 2_000)
    void aMessageWithOneWrongByteIsReadAsProtobufReadsIt(
            @ForAll @Size(max = 40) byte[] data, @ForAll @IntRange(max = 43) int at, @ForAll byte wrong) {
        byte[] bytes = ConnectRequest.newBuilder()
                .setMessage(Message.newBuilder().setData(ByteString.copyFrom(data)))
                .build()
                .toByteArray();
        bytes[at % bytes.length] = wrong;
        compare(bytes);
    }

    private static void compare(byte[] bytes) {
        ByteBuf buffer = Unpooled.directBuffer().writeBytes(bytes);
        AgentFrame frame = TunnelCodec.agentFrame(buffer);
        try {
            ConnectRequest expected = ConnectRequest.parseFrom(bytes);
            switch (expected.getMsgCase()) {
                case MESSAGE ->
                    assertThat(body(frame))
                            .isEqualTo(expected.getMessage().getData().toByteArray());
                case MSG_NOT_SET -> assertThat(frame).isInstanceOf(AgentFrame.Malformed.class);
                default ->
                    assertThat(frame.field()).isEqualTo(expected.getMsgCase().getNumber());
            }
        } catch (InvalidProtocolBufferException e) {
            assertThat(frame).isInstanceOf(AgentFrame.Malformed.class);
        }
        assertThat(buffer.refCnt()).isZero();
    }

    private static byte[] body(AgentFrame frame) {
        assertThat(frame).isInstanceOf(AgentFrame.Body.class);
        return bytes(((AgentFrame.Body) frame).message());
    }

    private static byte[] body(KasFrame frame) {
        assertThat(frame).isInstanceOf(KasFrame.Body.class);
        return bytes(((KasFrame.Body) frame).message());
    }

    private static byte[] bytes(ByteBuf message) {
        byte[] bytes = ByteBufUtil.getBytes(message);
        message.release();
        return bytes;
    }

    private static byte[] sent(
            io.grpc.MethodDescriptor.Marshaller<OutgoingFrame> marshaller, byte[] framing, byte[] payload) {
        ByteBuf buffer = Unpooled.copiedBuffer(payload);
        OutgoingFrame frame = new OutgoingFrame.Wrapped(new OutgoingMessage(framing, buffer));
        try (InputStream stream = marshaller.stream(frame)) {
            int announced = stream.available();
            byte[] bytes = stream.readAllBytes();
            assertThat(bytes).hasSize(announced);
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            assertThat(payload.length == 0 || buffer.refCnt() == 0).isTrue();
        }
    }

    /** A field whose length is written with {@code excess} bytes more than it needs. */
    private static void field(ByteArrayOutputStream to, int tag, byte[] value, int excess) throws IOException {
        to.write(tag);
        byte[] length = new byte[CodedOutputStream.computeUInt32SizeNoTag(value.length)];
        CodedOutputStream.newInstance(length).writeUInt32NoTag(value.length);
        if (excess > 0) {
            length[length.length - 1] |= (byte) 0x80;
        }
        to.write(length);
        for (int i = 0; i < excess; i++) {
            to.write(i == excess - 1 ? 0 : 0x80);
        }
        to.write(value);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] all = java.util.Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }
}
