package io.fairlead.wire.grpc;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;

/** A service whose messages are bytes: answers, echoes, pours, swallows, waits. */
final class ByteServices {
    static final MethodDescriptor<byte[], byte[]> UNARY = method("Unary", MethodType.UNARY);
    static final MethodDescriptor<byte[], byte[]> ECHO = method("Echo", MethodType.BIDI_STREAMING);
    /** Answers with as many 64 KiB messages as the request's length says. */
    static final MethodDescriptor<byte[], byte[]> POUR = method("Pour", MethodType.SERVER_STREAMING);
    /** Answers with the number of bytes received, in decimal. */
    static final MethodDescriptor<byte[], byte[]> SWALLOW = method("Swallow", MethodType.CLIENT_STREAMING);
    /** Says one message, then waits until it is cancelled or its connection's streams should end. */
    static final MethodDescriptor<byte[], byte[]> WAIT = method("Wait", MethodType.SERVER_STREAMING);
    /** As {@link #WAIT}, but deaf to the connection's end. */
    static final MethodDescriptor<byte[], byte[]> STAY = method("Stay", MethodType.SERVER_STREAMING);

    /** Never reads what it is sent. */
    static final MethodDescriptor<byte[], byte[]> IGNORE = method("Ignore", MethodType.CLIENT_STREAMING);

    static final int CHUNK_BYTES = 64 * 1024;

    final AtomicInteger cancelled = new AtomicInteger();
    final AtomicInteger waiting = new AtomicInteger();

    ServerServiceDefinition definition() {
        ServerCallHandler<byte[], byte[]> wait = ServerCalls.asyncServerStreamingCall(this::waitForEnd);
        ServerServiceDefinition bare = ServerServiceDefinition.builder("test.Bytes")
                .addMethod(UNARY, ServerCalls.asyncUnaryCall((request, answer) -> {
                    answer.onNext(request);
                    answer.onCompleted();
                }))
                .addMethod(ECHO, ServerCalls.asyncBidiStreamingCall(ByteServices::echo))
                .addMethod(POUR, ServerCalls.asyncServerStreamingCall(ByteServices::pour))
                .addMethod(SWALLOW, ServerCalls.asyncClientStreamingCall(ByteServices::swallow))
                .addMethod(IGNORE, ServerCalls.asyncClientStreamingCall(ByteServices::ignore))
                .addMethod(WAIT, wait)
                .addMethod(STAY, ServerCalls.asyncServerStreamingCall(this::stay))
                .build();
        return io.grpc.ServerInterceptors.intercept(bare, ConnectionLife.interceptor());
    }

    private void waitForEnd(byte[] request, StreamObserver<byte[]> answer) {
        ConnectionLife.Registration registration = ConnectionLife.current().onStreamsShouldEnd(() -> {
            waiting.decrementAndGet();
            answer.onCompleted();
        });
        ((ServerCallStreamObserver<byte[]>) answer).setOnCancelHandler(() -> {
            registration.cancel();
            cancelled.incrementAndGet();
        });
        waiting.incrementAndGet();
        answer.onNext(request);
    }

    private void stay(byte[] request, StreamObserver<byte[]> answer) {
        ((ServerCallStreamObserver<byte[]>) answer).setOnCancelHandler(cancelled::incrementAndGet);
        answer.onNext(request);
    }

    private static StreamObserver<byte[]> echo(StreamObserver<byte[]> answer) {
        return new StreamObserver<>() {
            @Override
            public void onNext(byte[] message) {
                answer.onNext(message);
            }

            @Override
            public void onError(Throwable problem) {
                // The client is gone.
            }

            @Override
            public void onCompleted() {
                answer.onCompleted();
            }
        };
    }

    private static void pour(byte[] request, StreamObserver<byte[]> answer) {
        ServerCallStreamObserver<byte[]> stream = (ServerCallStreamObserver<byte[]>) answer;
        AtomicInteger left = new AtomicInteger(request.length);
        byte[] chunk = new byte[CHUNK_BYTES];
        stream.setOnCancelHandler(() -> left.set(-1));
        stream.setOnReadyHandler(() -> {
            while (stream.isReady() && left.get() > 0) {
                stream.onNext(chunk);
                if (left.decrementAndGet() == 0) {
                    stream.onCompleted();
                }
            }
        });
    }

    private static StreamObserver<byte[]> swallow(StreamObserver<byte[]> answer) {
        return new StreamObserver<>() {
            private long bytes;

            @Override
            public void onNext(byte[] message) {
                bytes += message.length;
            }

            @Override
            public void onError(Throwable problem) {
                answer.onError(Status.CANCELLED.asRuntimeException());
            }

            @Override
            public void onCompleted() {
                answer.onNext(Long.toString(bytes).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                answer.onCompleted();
            }
        };
    }

    private static StreamObserver<byte[]> ignore(StreamObserver<byte[]> answer) {
        ((ServerCallStreamObserver<byte[]>) answer).disableAutoRequest();
        return swallow(answer);
    }

    private static MethodDescriptor<byte[], byte[]> method(String name, MethodType type) {
        return MethodDescriptor.newBuilder(Bytes.INSTANCE, Bytes.INSTANCE)
                .setFullMethodName("test.Bytes/" + name)
                .setType(type)
                .build();
    }

    private enum Bytes implements MethodDescriptor.Marshaller<byte[]> {
        INSTANCE;

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
