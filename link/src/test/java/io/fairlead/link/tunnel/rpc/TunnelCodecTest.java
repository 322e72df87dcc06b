package io.fairlead.link.tunnel.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.fairlead.link.tunnel.OutgoingMessage;
import io.fairlead.testing.property.Property;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

/** The coding by hand against protobuf's own. */
class TunnelCodecTest {
    @Test
    void whatWeSendIsWhatProtobufReads() {
        Property.holds(300, any -> protobufReads(any.bytes(300), any.bytes(300)));
    }

    private static void protobufReads(byte[] framing, byte[] payload) throws IOException {
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

    @Test
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

    @Test
    void everyLegalCodingOfAMessageMeansTheSame() {
        Property.holds(
                300, any -> meansTheSame(any.bytes(200), any.integer(0, 4), any.integer(0, 4), any.bool(), any.bool()));
    }

    private static void meansTheSame(byte[] data, int outerExcess, int innerExcess, boolean unknown, boolean earlier)
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

    @Test
    void anyBytesAreReadAsProtobufReadsThem() {
        Property.holds(2_000, any -> compare(any.bytes(24)));
    }

    @Test
    void aMessageWithOneWrongByteIsReadAsProtobufReadsIt() {
        Property.holds(2_000, any -> {
            byte[] bytes = ConnectRequest.newBuilder()
                    .setMessage(Message.newBuilder().setData(ByteString.copyFrom(any.bytes(40))))
                    .build()
                    .toByteArray();
            bytes[any.integer(0, 43) % bytes.length] = (byte) any.integer(Byte.MIN_VALUE, Byte.MAX_VALUE);
            compare(bytes);
        });
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
                case MSG_NOT_SET -> assertThat(frame).isInstanceOf(TunnelFrame.Malformed.class);
                case ERROR -> {
                    int code = expected.getError().getStatus().getCode();
                    // No error can be passed on whose code gRPC does not have.
                    assertThat(frame)
                            .isInstanceOf(
                                    code >= 1 && code <= 16 ? AgentFrame.Failed.class : TunnelFrame.Malformed.class);
                }
                default ->
                    assertThat(frame.field()).isEqualTo(expected.getMsgCase().getNumber());
            }
        } catch (InvalidProtocolBufferException e) {
            assertThat(frame).isInstanceOf(TunnelFrame.Malformed.class);
        }
        assertThat(buffer.refCnt()).isZero();
    }

    private static byte[] body(AgentFrame frame) {
        assertThat(frame).isInstanceOf(TunnelFrame.Body.class);
        return bytes(((TunnelFrame.Body) frame).message());
    }

    private static byte[] body(KasFrame frame) {
        assertThat(frame).isInstanceOf(TunnelFrame.Body.class);
        return bytes(((TunnelFrame.Body) frame).message());
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
