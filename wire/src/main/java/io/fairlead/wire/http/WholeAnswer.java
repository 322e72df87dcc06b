package io.fairlead.wire.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A small answer as a whole, for control-plane code that blocks on a virtual thread, such as agentk asking its API server
 * which version it is.
 *
 * @param status the code
 * @param text the body, read as UTF-8
 */
public record WholeAnswer(int status, String text) {
    private static final byte[] NO_BODY = {};

    /**
     * Asks and waits. Not to be called on an event loop.
     *
     * @param bytesMax a longer answer is an error
     * @throws IOException when there is no whole answer within {@code timeout}; the message names the origin
     */
    public static WholeAnswer of(HttpClient client, Origin origin, RequestHead head, int bytesMax, Duration timeout)
            throws IOException, InterruptedException {
        return of(client, origin, head, NO_BODY, bytesMax, timeout);
    }

    /** The same with a body, whose kind {@code head} says; none when it is empty. */
    public static WholeAnswer of(
            HttpClient client, Origin origin, RequestHead head, byte[] body, int bytesMax, Duration timeout)
            throws IOException, InterruptedException {
        Gathering gathering = new Gathering(body, bytesMax);
        EventLoop loop = client.loopForCaller();
        loop.execute(() -> gathering.begin(client, origin, head));
        boolean answered = false;
        try {
            WholeAnswer answer = gathering.whole.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            answered = true;
            return answer;
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new IOException(origin + " did not answer within " + timeout.toMillis() + " ms", e);
        } finally {
            // Nobody waits any more: left alone, a server that stays silent would keep the connection for ever.
            if (!answered && !loop.isShuttingDown()) {
                loop.execute(gathering::giveUp);
            }
        }
    }

    /** Fields are touched by the call's event loop alone. */
    private static final class Gathering implements ResponseListener {
        final CompletableFuture<WholeAnswer> whole = new CompletableFuture<>();
        private final byte[] body;
        private final int bytesMax;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private @Nullable HttpCall call;
        private int status;

        Gathering(byte[] body, int bytesMax) {
            this.body = body;
            this.bytesMax = bytesMax;
        }

        void begin(HttpClient client, Origin origin, RequestHead head) {
            if (body.length == 0) {
                call = client.send(origin, head, new RequestBody.None(), this);
                return;
            }
            HttpCall sending = client.send(origin, head, new RequestBody.Sized(body.length), this);
            call = sending;
            sending.write(Unpooled.wrappedBuffer(body));
            sending.endRequest();
        }

        @Override
        public void onHead(ResponseHead head) {
            status = head.status();
            demand();
        }

        @Override
        public void onUpgrade(ResponseHead head) {
            fail(new IOException("the server upgraded a connection that asked for no upgrade"));
        }

        @Override
        public void onData(ByteBuf data) {
            try {
                bytes.writeBytes(io.netty.buffer.ByteBufUtil.getBytes(data));
            } finally {
                data.release();
            }
            if (bytes.size() > bytesMax) {
                fail(new IOException("the answer has more than " + bytesMax + " bytes"));
            } else {
                demand();
            }
        }

        @Override
        public void onTurn() {}

        @Override
        public void onEnd() {
            whole.complete(new WholeAnswer(status, bytes.toString(StandardCharsets.UTF_8)));
        }

        @Override
        public void onWritable() {}

        @Override
        public void onFailure(HttpFailure failure) {
            whole.completeExceptionally(failure);
        }

        private void demand() {
            if (call != null) {
                call.demand();
            }
        }

        void giveUp() {
            if (call != null) {
                call.cancel();
            }
        }

        private void fail(IOException cause) {
            giveUp();
            whole.completeExceptionally(cause);
        }
    }
}
