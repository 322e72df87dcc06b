package io.fairlead.link.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import io.fairlead.link.configuration.rpc.ConfigurationRequest;
import io.fairlead.link.configuration.rpc.ConfigurationResponse;
import io.fairlead.link.kubeapi.rpc.Grpctool;
import io.fairlead.link.kubeapi.rpc.HeaderExtra;
import io.fairlead.link.registrar.rpc.RegisterRequest;
import io.fairlead.link.registrar.rpc.RegisterResponse;
import io.fairlead.link.tunnel.rpc.ConnectRequest;
import io.fairlead.link.tunnel.rpc.ConnectResponse;
import io.fairlead.wire.grpc.StreamOrder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every frame that the original agentk and kas exchanged means the same to us, and the streams follow our orders. */
class RecordedConversationTest {
    /** What each side sends on a method. */
    private record Types(Message agent, Message kas) {}

    private static final Map<String, Types> TYPES = Map.of(
            "/gitlab.agent.agent_configuration.rpc.AgentConfiguration/GetConfiguration",
            new Types(ConfigurationRequest.getDefaultInstance(), ConfigurationResponse.getDefaultInstance()),
            "/gitlab.agent.agent_registrar.rpc.AgentRegistrar/Register",
            new Types(RegisterRequest.getDefaultInstance(), RegisterResponse.getDefaultInstance()),
            "/gitlab.agent.reverse_tunnel.rpc.ReverseTunnel/Connect",
            new Types(ConnectRequest.getDefaultInstance(), ConnectResponse.getDefaultInstance()));

    private static final Types HTTP =
            new Types(Grpctool.HttpResponse.getDefaultInstance(), Grpctool.HttpRequest.getDefaultInstance());

    @TestFactory
    Stream<DynamicTest> everyFrameMeansTheSame() {
        return RecordedStream.all().stream()
                .map(stream ->
                        DynamicTest.dynamicTest(stream.number() + " " + stream.method(), () -> checkFrames(stream)));
    }

    private static void checkFrames(RecordedStream stream) throws IOException {
        Types types = TYPES.get(stream.method());
        assertThat(types).as("a method without types").isNotNull();
        for (RecordedStream.Frame frame : stream.frames()) {
            if (!frame.end()) {
                Message message = decode(frame.fromAgent() ? types.agent() : types.kas(), frame.bytes());
                byte[] inner = innerBytes(message);
                if (inner.length > 0) {
                    decode(frame.fromAgent() ? HTTP.agent() : HTTP.kas(), inner);
                }
            }
        }
    }

    /** Decodes and checks that nothing is lost: no unknown field is left, and encoding gives the same bytes or meaning. */
    private static Message decode(Message type, byte[] bytes) throws IOException {
        Message message = type.getParserForType().parseFrom(bytes);
        checkNothingUnknown(message);
        assertThat(type.getParserForType().parseFrom(message.toByteArray())).isEqualTo(message);
        // Maps have no order on the wire. Encoded with sorted keys, both readings must be one text of bytes.
        assertThat(message.getSerializedSize()).isEqualTo(bytes.length);
        assertThat(sorted(message)).isEqualTo(sorted(type.getParserForType().parseFrom(message.toByteArray())));
        return message;
    }

    private static byte[] sorted(Message message) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.useDeterministicSerialization();
        message.writeTo(out);
        out.flush();
        return bytes.toByteArray();
    }

    private static void checkNothingUnknown(MessageOrBuilder message) throws IOException {
        assertThat(message.getUnknownFields().asMap())
                .as(message.getDescriptorForType().getFullName())
                .isEmpty();
        if (message instanceof Any any) {
            assertThat(any.getTypeUrl()).isEqualTo("type.googleapis.com/gitlab.agent.kubernetes_api.rpc.HeaderExtra");
            decode(HeaderExtra.getDefaultInstance(), any.getValue().toByteArray());
            return;
        }
        for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
            Collection<?> values = field.getValue() instanceof Collection<?> many ? many : List.of(field.getValue());
            for (Object value : values) {
                if (value instanceof Message inner) {
                    checkNothingUnknown(inner);
                }
            }
        }
    }

    /** The HTTP-over-gRPC message that a tunnel frame carries. */
    private static byte[] innerBytes(Message message) {
        ByteString data = switch (message) {
            case ConnectRequest request -> request.getMessage().getData();
            case ConnectResponse response -> response.getMessage().getData();
            default -> ByteString.EMPTY;
        };
        return data.toByteArray();
    }

    @TestFactory
    Stream<DynamicTest> everyStreamFollowsTheOrder() {
        return RecordedStream.all().stream()
                .filter(stream -> stream.method().endsWith("/Connect"))
                .map(stream -> DynamicTest.dynamicTest("stream " + stream.number(), () -> checkOrder(stream)));
    }

    private static void checkOrder(RecordedStream stream) throws IOException {
        for (boolean fromAgent : List.of(true, false)) {
            Message outer = fromAgent ? ConnectRequest.getDefaultInstance() : ConnectResponse.getDefaultInstance();
            Message inner = fromAgent ? HTTP.agent() : HTTP.kas();
            List<Message> tunnel = new ArrayList<>();
            List<Message> http = new ArrayList<>();
            boolean ended = false;
            boolean failed = false;
            for (RecordedStream.Frame frame : stream.frames()) {
                if (frame.fromAgent() != fromAgent) {
                    continue;
                }
                ended |= frame.end();
                if (!frame.end()) {
                    Message message = outer.getParserForType().parseFrom(frame.bytes());
                    tunnel.add(message);
                    failed |= message instanceof ConnectRequest request && request.hasError();
                    byte[] data = innerBytes(message);
                    if (data.length > 0) {
                        http.add(inner.getParserForType().parseFrom(data));
                    }
                }
            }
            // An agent that is told to end without a request half-closes after its descriptor; that is no conversation.
            boolean served = tunnel.size() > 1;
            walk(outer, tunnel, ended && served && !(fromAgent && cut(stream)));
            if (!http.isEmpty()) {
                walk(inner, http, ended && !failed && !cut(stream));
            }
        }
    }

    /** The recording has one watch that its client broke off: the stream ends by kas's CANCELLED, without a trailer. */
    private static boolean cut(RecordedStream stream) {
        return stream.frames().stream().noneMatch(frame -> !frame.fromAgent() && frame.end());
    }

    private static void walk(Message type, List<Message> messages, boolean ended) {
        OneofDescriptor oneof = type.getDescriptorForType().getRealOneofs().getFirst();
        StreamOrder.Position position = StreamOrder.of(oneof).start();
        for (Message message : messages) {
            FieldDescriptor member = message.getOneofFieldDescriptor(oneof);
            position = position.next(member == null ? StreamOrder.UNSET : member.getNumber());
        }
        if (ended) {
            position.end();
        }
    }

    @Test
    void theRecordingHoldsWhatItPromises() {
        assertThat(RecordedStream.all()).hasSizeGreaterThan(15);
        assertThat(RecordedStream.all().stream()
                        .mapToInt(stream -> stream.frames().size())
                        .sum())
                .isGreaterThan(100);
    }
}
