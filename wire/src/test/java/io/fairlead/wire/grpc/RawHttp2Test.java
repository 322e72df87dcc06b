package io.fairlead.wire.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The limits of a listener's HTTP/2, asked for in frames. */
class RawHttp2Test {
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GO_AWAY = 7;
    private static final int END_HEADERS = 4;
    private static final int FRAME_SIZE_ERROR = 6;
    private static final int ENHANCE_YOUR_CALM = 11;

    @TempDir
    Path folder;

    private TestKas kas;
    private Socket socket;

    @BeforeEach
    void open() throws Exception {
        kas = new TestKas(folder);
        GrpcListener listener = kas.listen(false, UnaryOperator.identity());
        socket = new Socket(listener.address().getAddress(), listener.address().getPort());
        socket.setSoTimeout(15_000);
        socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        send(frame(SETTINGS, 0, 0, new byte[0]));
    }

    @AfterEach
    void close() throws Exception {
        socket.close();
        kas.close();
    }

    @Test
    void announcesItsLimits() throws Exception {
        assertThat(values(readUntil(SETTINGS)))
                .containsEntry(3, GrpcListenerConfig.STREAMS_PER_CONNECTION_DEFAULT)
                .containsEntry(4, GrpcListener.FLOW_CONTROL_WINDOW_BYTES)
                .containsEntry(6, GrpcListener.INBOUND_METADATA_BYTES_MAX)
                .doesNotContainKey(5);
    }

    @Test
    void givesStreamsOfALongLineMoreCredit() throws Exception {
        assertThat(windowAfterAnswersTaking(40)).isEqualTo(1024 * 1024);
    }

    @Test
    void leavesStreamsOfAShortLineTheirFirstCredit() throws Exception {
        assertThat(windowAfterAnswersTaking(0)).isEqualTo(GrpcListener.FLOW_CONTROL_WINDOW_BYTES);
    }

    /** Acknowledges each SETTINGS frame after {@code millis}; the credit said last, a second after the third measurement. */
    private int windowAfterAnswersTaking(int millis) throws Exception {
        socket.setSoTimeout(1_500);
        int window = 0;
        try {
            while (true) {
                Frame settings = readUntil(SETTINGS);
                if (settings.payload.length > 0) {
                    window = values(settings).getOrDefault(4, window);
                    Thread.sleep(millis);
                    send(frame(SETTINGS, 1, 0, new byte[0]));
                }
            }
        } catch (SocketTimeoutException e) {
            return window;
        }
    }

    @Test
    void sendsAwayAClientThatResetsItsCallsTooFast() throws Exception {
        ByteArrayOutputStream flood = new ByteArrayOutputStream();
        for (int stream = 1; stream < 2 * 5_000; stream += 2) {
            flood.writeBytes(frame(HEADERS, END_HEADERS, stream, callHeaders()));
            flood.writeBytes(frame(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8}));
        }
        // Read beside, for the listener may close before all is written.
        Thread.ofVirtual().start(() -> sendQuietly(flood.toByteArray()));
        assertThat(errorCode(readUntil(GO_AWAY))).isEqualTo(ENHANCE_YOUR_CALM);
    }

    @Test
    void sendsAwayAClientThatPingsTooOften() throws Exception {
        ByteArrayOutputStream pings = new ByteArrayOutputStream();
        for (int i = 0; i < 10; i++) {
            pings.writeBytes(frame(PING, 0, 0, new byte[8]));
        }
        send(pings.toByteArray());
        assertThat(errorCode(readUntil(GO_AWAY))).isEqualTo(ENHANCE_YOUR_CALM);
    }

    @Test
    void refusesAFrameBeyondSixteenKibibytes() throws Exception {
        send(frame(HEADERS, END_HEADERS, 1, new byte[16 * 1024 + 1]));
        assertThat(errorCode(readUntil(GO_AWAY))).isEqualTo(FRAME_SIZE_ERROR);
    }

    private static final class Frame {
        private final int type;
        private final byte[] payload;

        Frame(int type, byte[] payload) {
            this.type = type;
            this.payload = payload;
        }
    }

    private static Map<Integer, Integer> values(Frame settings) {
        Map<Integer, Integer> values = new HashMap<>();
        ByteBuffer payload = ByteBuffer.wrap(settings.payload);
        while (payload.hasRemaining()) {
            values.put((int) payload.getShort(), payload.getInt());
        }
        return values;
    }

    private static int errorCode(Frame goAway) {
        return ByteBuffer.wrap(goAway.payload).getInt(4);
    }

    private Frame readUntil(int type) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        while (true) {
            Frame frame = read(in);
            if (frame.type == type) {
                return frame;
            }
        }
    }

    private static Frame read(DataInputStream in) throws IOException {
        int lengthAndType = in.readInt();
        in.readByte();
        in.readInt();
        byte[] payload = in.readNBytes(lengthAndType >>> 8);
        if (payload.length < lengthAndType >>> 8) {
            throw new EOFException("in a frame");
        }
        return new Frame(lengthAndType & 0xff, payload);
    }

    private void send(byte[] bytes) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(bytes);
        out.flush();
    }

    private void sendQuietly(byte[] bytes) {
        try {
            send(bytes);
        } catch (SocketException e) {
            // Sent away in the middle of it.
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .putInt((payload.length << 8) | type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    /** HPACK by hand: POST, http, a path, an authority, a content type, te. */
    private static byte[] callHeaders() {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.writeBytes(new byte[] {(byte) 0x83, (byte) 0x86, 0x04});
        block.writeBytes(text("/test.Bytes/Wait"));
        block.write(0x01);
        block.writeBytes(text("kas"));
        block.writeBytes(new byte[] {0x0f, 0x10});
        block.writeBytes(text("application/grpc"));
        block.write(0x00);
        block.writeBytes(text("te"));
        block.writeBytes(text("trailers"));
        return block.toByteArray();
    }

    private static byte[] text(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.US_ASCII);
        byte[] withLength = Arrays.copyOf(new byte[] {(byte) bytes.length}, bytes.length + 1);
        System.arraycopy(bytes, 0, withLength, 1, bytes.length);
        return withLength;
    }
}
