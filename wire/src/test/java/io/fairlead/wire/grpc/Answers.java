package io.fairlead.wire.grpc;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Collects what a call answers. */
final class Answers implements ClientResponseObserver<byte[], byte[]> {
    final ConcurrentLinkedQueue<byte[]> messages = new ConcurrentLinkedQueue<>();
    final AtomicInteger count = new AtomicInteger();
    final AtomicLong bytes = new AtomicLong();
    final CompletableFuture<Status> status = new CompletableFuture<>();
    private final Runnable ready;
    private boolean reading = true;
    private @Nullable ClientCallStreamObserver<byte[]> requests;

    Answers() {
        this(() -> {});
    }

    Answers(Runnable ready) {
        this.ready = ready;
    }

    /** Takes no message, whatever comes. */
    static Answers unread(Runnable ready) {
        Answers answers = new Answers(ready);
        answers.reading = false;
        return answers;
    }

    /** The sending side of the call. */
    ClientCallStreamObserver<byte[]> requests() {
        if (requests == null) {
            throw new IllegalStateException("the call has not started");
        }
        return requests;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<byte[]> stream) {
        requests = stream;
        stream.setOnReadyHandler(ready);
        if (!reading) {
            stream.disableAutoRequestWithInitial(0);
        }
    }

    @Override
    public void onNext(byte[] message) {
        if (message.length < ByteServices.CHUNK_BYTES) {
            messages.add(message);
        }
        bytes.addAndGet(message.length);
        count.incrementAndGet();
    }

    @Override
    public void onError(Throwable problem) {
        status.complete(Status.fromThrowable(problem));
    }

    @Override
    public void onCompleted() {
        status.complete(Status.OK);
    }

    Status await() throws Exception {
        return status.get(20, TimeUnit.SECONDS);
    }
}
