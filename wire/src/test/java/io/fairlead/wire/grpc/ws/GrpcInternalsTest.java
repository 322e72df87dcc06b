package io.fairlead.wire.grpc.ws;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.wire.loop.EventLoops;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.netty.channel.Channel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What this package relies on in gRPC's internal types, one test each: a new version of gRPC that breaks the carriers
 * breaks here first. The version is held in the BOM.
 */
class GrpcInternalsTest {
    private static final Attributes.Key<String> MARK = Attributes.Key.create("test.mark");
    private static final MethodDescriptor<byte[], byte[]> METHOD = MethodDescriptor.<byte[], byte[]>newBuilder()
            .setFullMethodName("test.Internals/Call")
            .setType(MethodDescriptor.MethodType.UNARY)
            .setRequestMarshaller(new Bytes())
            .setResponseMarshaller(new Bytes())
            .build();

    private final EventLoops loops = EventLoops.of(1, "internals");
    private final AtomicReference<Attributes> seen = new AtomicReference<>(Attributes.EMPTY);
    private final AtomicReference<List<String>> pipeline = new AtomicReference<>(List.of());

    @AfterEach
    void close() throws Exception {
        loops.close();
    }

    @Test
    void attributesOfTheNegotiationReachTheCalls() throws Exception {
        Server server = serve();
        ManagedChannel channel =
                open(((InetSocketAddress) server.getListenSockets().getFirst()).getPort());
        try {
            call(channel);
            assertThat(seen.get().get(MARK)).isEqualTo("here");
            assertThat(seen.get().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)).isInstanceOf(InetSocketAddress.class);
        } finally {
            channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
            server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void theStepsAreGoneOnceGrpcHasTheConnection() throws Exception {
        Server server = serve();
        ManagedChannel channel =
                open(((InetSocketAddress) server.getListenSockets().getFirst()).getPort());
        try {
            call(channel);
            assertThat(pipeline.get())
                    .hasSize(3)
                    .startsWith("websocket")
                    .endsWith("DefaultChannelPipeline$TailContext#0");
        } finally {
            channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
            server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void grpcHoldsItsWritesBackUntilTheNegotiationEnds() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ManagedChannel channel = open(silent.getLocalPort());
            CompletableFuture.runAsync(
                    () -> ClientCalls.futureUnaryCall(channel.newCall(METHOD, CallOptions.DEFAULT), new byte[1]));
            try (Socket socket = silent.accept()) {
                byte[] head = new byte[8192];
                int length = socket.getInputStream().read(head);
                String text = new String(head, 0, length, StandardCharsets.US_ASCII);
                assertThat(text).startsWith("GET /path HTTP/1.1\r\n").endsWith("\r\n\r\n");
                socket.setSoTimeout(200);
                assertThat(readOrTimeOut(socket)).isEqualTo("nothing");
            } finally {
                channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void nothingOutsideThisPackageNamesThem() throws Exception {
        Path classes = Path.of(CarrierServer.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Path ours = classes.resolve("io/fairlead/wire/grpc/ws");
        try (Stream<Path> files = Files.walk(classes)) {
            assertThat(files.filter(file -> file.toString().endsWith(".class") && !file.startsWith(ours)))
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                            .doesNotContain("io/grpc/netty/Internal", "io/grpc/internal/"));
        }
    }

    private static String readOrTimeOut(Socket socket) throws IOException {
        try {
            return "byte " + socket.getInputStream().read();
        } catch (SocketTimeoutException e) {
            return "nothing";
        }
    }

    private Server serve() throws IOException {
        CarrierServer carrier = new CarrierServer(
                Optional.empty(), true, "test", Duration.ofSeconds(10), () -> false, channel -> true, this::opened);
        ServerServiceDefinition service = ServerServiceDefinition.builder("test.Internals")
                .addMethod(METHOD, this::answer)
                .build();
        return NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), carrier.credentials())
                .bossEventLoopGroup(loops.group())
                .workerEventLoopGroup(loops.group())
                .channelType(loops.serverChannel())
                .directExecutor()
                .addService(service)
                .build()
                .start();
    }

    private Attributes opened(Channel channel) {
        channel.eventLoop().execute(() -> pipeline.set(channel.pipeline().names()));
        return Attributes.newBuilder().set(MARK, "here").build();
    }

    private ServerCall.Listener<byte[]> answer(ServerCall<byte[], byte[]> call, Metadata headers) {
        seen.set(call.getAttributes());
        call.sendHeaders(new Metadata());
        call.sendMessage(new byte[1]);
        call.close(Status.OK, new Metadata());
        return new ServerCall.Listener<>() {};
    }

    private ManagedChannel open(int port) {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress("localhost", port)
                .eventLoopGroup(loops.group())
                .channelType(loops.clientChannel(), InetSocketAddress.class)
                .directExecutor();
        CarrierClient.install(
                builder,
                new ClientCarriage(
                        "ws://test",
                        Optional.empty(),
                        "localhost",
                        port,
                        Optional.of(new ClientCarriage.Handshake("/path", "localhost", Map::of)),
                        ClientCarriage.Limits.KAS));
        return builder.build();
    }

    private static void call(ManagedChannel channel) throws Exception {
        ClientCalls.futureUnaryCall(channel.newCall(METHOD, CallOptions.DEFAULT), new byte[1])
                .get(10, TimeUnit.SECONDS);
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }
}
