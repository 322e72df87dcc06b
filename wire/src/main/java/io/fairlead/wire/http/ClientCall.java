package io.fairlead.wire.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer.
 *
 * <p>States: <b>waiting</b> for a connection (writes are kept), <b>sending</b>, <b>answered</b> (the head has come),
 * <b>raw</b> (upgraded), <b>over</b>. Request and answer end independently; when both have ended whole the connection is
 * kept. A kept connection that turns out to have been closed before any byte of an answer came is replaced once, when the
 * request has no body and its method changes nothing: the server may have acted on it before it closed.
 */
final class ClientCall implements HttpCall {
    /** What may be written before the connection stands; more than this waits for {@link ResponseListener#onWritable}. */
    private static final int EARLY_BYTES_MAX = 256 * 1024;

    private static final Set<String> REPEATABLE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    private final HttpClient client;
    private final EventLoop loop;
    private final Origin origin;
    private final RequestHead head;
    private final HttpMethod method;
    private final RequestBody body;
    private final ResponseListener listener;
    private final Deque<ByteBuf> early = new ArrayDeque<>();
    private int earlyBytes;
    /** Bytes of the request's body that are still to come; negative when that is not known. */
    private long bodyLeft;

    private @Nullable ClientConnection connection;
    private boolean attaching;
    private boolean reused;
    private boolean requestEnded;
    private boolean answered;
    private boolean serverKeepsAlive;
    private boolean closeDelimited;
    private boolean raw;
    private boolean demanded;
    private boolean over;

    ClientCall(HttpClient client, Origin origin, RequestHead head, RequestBody body, ResponseListener listener) {
        this.client = client;
        this.loop = client.loopForCaller();
        this.origin = origin;
        this.head = head;
        this.method = HttpMethod.valueOf(head.method());
        this.body = body;
        this.listener = listener;
        bodyLeft = switch (body) {
            case RequestBody.None none -> 0;
            case RequestBody.Sized sized -> sized.length();
            case RequestBody.Chunked chunked -> -1;
        };
    }

    /** An upgraded connection never comes back, and what it asks for may not be asked twice: it gets a new one. */
    boolean upgrades() {
        return head.headers().contains("Upgrade");
    }

    boolean asksForHead() {
        return method.equals(HttpMethod.HEAD);
    }

    EventLoop loop() {
        return loop;
    }

    Origin origin() {
        return origin;
    }

    void attach(ClientConnection ready, boolean kept) {
        if (over) {
            // Cancelled while connecting: the connection is as good as new for somebody else.
            ready.release(true);
            return;
        }
        connection = ready;
        reused = kept;
        ready.use(this);
        ready.write(requestHead());
        // A write may flush, and so make room and bring more: what comes meanwhile goes behind what waits.
        attaching = true;
        while (!early.isEmpty()) {
            ready.write(content(early.remove()));
        }
        attaching = false;
        if (requestEnded || body instanceof RequestBody.None) {
            requestEnded = true;
            ready.write(LastHttpContent.EMPTY_LAST_CONTENT);
        } else if (earlyBytes > 0) {
            earlyBytes = 0;
            listener.onWritable();
        }
    }

    private DefaultHttpRequest requestHead() {
        HttpHeaders fields = head.headers().netty();
        if (!fields.contains(HttpHeaderNames.HOST)) {
            boolean standard = origin.port() == (origin.tls().isPresent() ? 443 : 80);
            fields.set(HttpHeaderNames.HOST, standard ? origin.host() : origin.host() + ":" + origin.port());
        }
        fields.remove(HttpHeaderNames.TRANSFER_ENCODING);
        fields.remove(HttpHeaderNames.CONTENT_LENGTH);
        switch (body) {
            case RequestBody.None none -> {
                if (!head.method().equals("GET") && !head.method().equals("HEAD")) {
                    fields.set(HttpHeaderNames.CONTENT_LENGTH, "0");
                }
            }
            case RequestBody.Sized sized -> fields.set(HttpHeaderNames.CONTENT_LENGTH, Long.toString(sized.length()));
            case RequestBody.Chunked unsized -> fields.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        if (fields.contains(HttpHeaderNames.UPGRADE)) {
            fields.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
        }
        return new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, head.target(), fields);
    }

    private Object content(ByteBuf data) {
        return raw ? data : new DefaultHttpContent(data);
    }

    @Override
    public void write(ByteBuf data) {
        if (over || requestEnded || !data.isReadable()) {
            data.release();
            return;
        }
        if (bodyLeft >= 0 && !raw) {
            bodyLeft -= data.readableBytes();
            if (bodyLeft < 0) {
                // The server would read what is too much as the next request.
                data.release();
                misframed("longer");
                return;
            }
        }
        if (connection == null || attaching) {
            earlyBytes += data.readableBytes();
            early.add(data);
        } else {
            connection.write(content(data));
        }
    }

    @Override
    public boolean writable() {
        ClientConnection current = connection;
        return current == null
                ? earlyBytes < EARLY_BYTES_MAX
                : current.channel().isWritable();
    }

    @Override
    public void endRequest() {
        if (over || requestEnded) {
            return;
        }
        if (bodyLeft > 0 && !raw) {
            misframed("shorter");
            return;
        }
        requestEnded = true;
        if (connection == null || attaching) {
            return;
        }
        if (raw) {
            connection.endOutput();
        } else {
            connection.write(LastHttpContent.EMPTY_LAST_CONTENT);
        }
    }

    private void misframed(String how) {
        ClientConnection current = connection;
        failLater(new HttpFailure(
                HttpFailure.Progress.UNANSWERED,
                "the body of a request to " + origin + " was " + how + " than it said",
                null));
        requestEnded = true;
        if (current != null) {
            current.close();
        }
    }

    @Override
    public void demand() {
        demanded = true;
        ClientConnection current = connection;
        if (current != null && !over) {
            current.pump();
        }
    }

    @Override
    public void cancel() {
        if (over) {
            return;
        }
        end();
        if (connection != null) {
            connection.close();
        }
    }

    private void end() {
        over = true;
        early.forEach(ReferenceCountUtil::release);
        early.clear();
    }

    boolean wantsRead() {
        // Until the head is here there is nothing to hold back; afterwards every read is one demand.
        return !answered || demanded;
    }

    boolean takeDemand() {
        boolean taken = demanded;
        demanded = false;
        return taken;
    }

    void headReceived(HttpResponse response) {
        int status = response.status().code();
        if (over || (status < 200 && status != 101)) {
            return;
        }
        if (status == 101 && !upgrades()) {
            cancel();
            listener.onFailure(new HttpFailure(
                    HttpFailure.Progress.BROKEN_OFF, origin + " switched protocols without being asked to", null));
            return;
        }
        answered = true;
        serverKeepsAlive = HttpUtil.isKeepAlive(response);
        ResponseHead answer =
                new ResponseHead(status, response.status().reasonPhrase(), Headers.of(response.headers()));
        closeDelimited = answer.bodyAllowed(head.method())
                && !HttpUtil.isContentLengthSet(response)
                && !HttpUtil.isTransferEncodingChunked(response);
        if (status != 101) {
            listener.onHead(answer);
            return;
        }
        ClientConnection current = connection;
        if (current != null) {
            raw = true;
            // Our direction of the stream is only beginning, whatever the request's body was.
            requestEnded = false;
            current.becomeRaw();
            listener.onUpgrade(answer);
            // The first bytes of the stream may have come with the switch itself.
            current.deliverEarly();
        }
    }

    void received(ByteBuf data) {
        demanded = false;
        if (over) {
            data.release();
        } else {
            listener.onData(data);
        }
    }

    void turnEnded() {
        if (answered && !over) {
            listener.onTurn();
        }
    }

    void answerEnded() {
        if (raw || over || !answered) {
            // The end of an interim answer is not the end.
            return;
        }
        if (!requestEnded) {
            // The server answered without reading the whole body: what is left of it has no reader.
            serverKeepsAlive = false;
        }
        finish();
    }

    private void finish() {
        if (over) {
            return;
        }
        end();
        ClientConnection current = connection;
        if (current != null) {
            current.release(serverKeepsAlive && requestEnded && !closeDelimited);
        }
        listener.onEnd();
    }

    void writableAgain() {
        if (!over && !requestEnded) {
            listener.onWritable();
        }
    }

    /**
     * The connection is gone.
     *
     * @param unread what had come and was not yet asked for
     * @param broken it did not end as connections should
     */
    void connectionEnded(Queue<HttpObject> unread, boolean broken, Throwable cause) {
        if (over) {
            return;
        }
        if (raw && !broken) {
            end();
            listener.onEnd();
            return;
        }
        // An answer that only its connection's end delimits is whole only when that end is an orderly one.
        if (answered && endsWithLast(unread) && !(closeDelimited && broken)) {
            deliverRest(unread);
            return;
        }
        boolean untouched =
                reused && !answered && body instanceof RequestBody.None && REPEATABLE.contains(head.method());
        if (untouched) {
            connection = null;
            reused = false;
            client.start(this, false);
            return;
        }
        fail(answered ? HttpFailure.Progress.BROKEN_OFF : HttpFailure.Progress.UNANSWERED, cause);
    }

    private static boolean endsWithLast(Queue<HttpObject> unread) {
        boolean last = false;
        for (HttpObject object : unread) {
            // The decoder also makes a last part of what it could not read.
            last = object instanceof LastHttpContent end && end.decoderResult().isSuccess();
        }
        return last;
    }

    /** All of the answer is here although its connection is not: it is handed over whole, whatever the demand. */
    private void deliverRest(Queue<HttpObject> unread) {
        while (!unread.isEmpty()) {
            HttpObject object = unread.remove();
            if (object instanceof HttpContent content && content.content().isReadable()) {
                listener.onData(content.content());
            } else {
                ReferenceCountUtil.release(object);
            }
        }
        if (!over) {
            end();
            listener.onEnd();
        }
    }

    void connectFailed(Throwable cause) {
        fail(HttpFailure.Progress.UNSENT, cause);
    }

    void failLater(HttpFailure failure) {
        loop.execute(() -> {
            if (!over) {
                end();
                listener.onFailure(failure);
            }
        });
    }

    private void fail(HttpFailure.Progress progress, Throwable cause) {
        if (over) {
            return;
        }
        end();
        String what = switch (progress) {
            case UNSENT ->
                cause instanceof SSLException ? "TLS with " + origin + " failed" : "cannot connect to " + origin;
            case UNANSWERED ->
                origin
                        + (cause instanceof IOException
                                ? " closed the connection without an answer"
                                : " gave an answer that cannot be read");
            case BROKEN_OFF -> origin + " broke its answer off";
        };
        String detail = cause.getMessage();
        listener.onFailure(new HttpFailure(progress, detail == null ? what : what + ": " + detail, cause));
    }
}
