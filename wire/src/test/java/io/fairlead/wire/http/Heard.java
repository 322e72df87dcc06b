package io.fairlead.wire.http;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Sends one request and keeps what it is answered, reading all of it at once. */
final class Heard implements ResponseListener {
    final StringBuffer body = new StringBuffer();
    final AtomicReference<ResponseHead> head = new AtomicReference<>();
    final AtomicInteger ends = new AtomicInteger();
    final CompletableFuture<String> end = new CompletableFuture<>();
    private volatile @Nullable HttpCall call;
    private boolean upgraded;

    /** Runs {@code request} on a loop of the client and begins to read. */
    static Heard send(
            HttpClient client, Origin origin, String method, String path, RequestBody body, String... fields) {
        Heard heard = new Heard();
        Headers headers = Headers.empty();
        for (int i = 0; i < fields.length; i += 2) {
            headers.add(fields[i], fields[i + 1]);
        }
        client.loopForCaller().execute(() -> {
            HttpCall call = client.send(origin, new RequestHead(method, path, headers), body, heard);
            heard.call = call;
            call.demand();
        });
        return heard;
    }

    HttpCall call() {
        HttpCall current = call;
        if (current == null) {
            throw new IllegalStateException("not sent yet");
        }
        return current;
    }

    boolean sent() {
        return call != null;
    }

    boolean upgraded() {
        return upgraded;
    }

    /** The body once it is complete; fails as the call did. */
    String whole() throws Exception {
        return end.get(15, TimeUnit.SECONDS);
    }

    @Override
    public void onHead(ResponseHead answer) {
        head.set(answer);
    }

    @Override
    public void onUpgrade(ResponseHead answer) {
        upgraded = true;
        head.set(answer);
    }

    @Override
    public void onData(ByteBuf data) {
        body.append(data.toString(StandardCharsets.ISO_8859_1));
        data.release();
        HttpCall current = call;
        if (current != null) {
            current.demand();
        }
    }

    @Override
    public void onTurn() {}

    @Override
    public void onEnd() {
        ends.incrementAndGet();
        end.complete(body.toString());
    }

    @Override
    public void onWritable() {}

    @Override
    public void onFailure(HttpFailure failure) {
        ends.incrementAndGet();
        end.completeExceptionally(failure);
    }
}
