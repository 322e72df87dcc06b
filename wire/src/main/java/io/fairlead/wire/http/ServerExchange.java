package io.fairlead.wire.http;

import io.fairlead.base.net.TrustedProxies;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The exchange a {@link ServerConnection} is serving now; the connection owns reading, this owns the answer's framing. */
final class ServerExchange implements HttpExchange {
    private static final int UNFRAMED = -1;

    private final ServerConnection connection;
    private final RequestHead head;
    private final boolean http11;
    private boolean keepAlive;
    private boolean continueOwed;
    private @Nullable ExchangeListener listener;
    private boolean demanded;
    private boolean requestEnded;
    private boolean responded;
    private boolean responseEnded;
    private boolean upgraded;
    private boolean bodyless;
    private boolean refused;
    private long remaining = UNFRAMED;

    ServerExchange(ServerConnection connection, HttpRequest request) {
        this.connection = connection;
        head = new RequestHead(request.method().name(), request.uri(), Headers.of(request.headers()));
        http11 = request.protocolVersion().equals(HttpVersion.HTTP_1_1);
        keepAlive = http11 && HttpUtil.isKeepAlive(request) && head.upgrade().isEmpty();
        continueOwed = HttpUtil.is100ContinueExpected(request);
    }

    void listen(ExchangeListener served) {
        listener = served;
    }

    boolean requestEnded() {
        return requestEnded;
    }

    boolean responseEnded() {
        return responseEnded;
    }

    boolean keepsAlive() {
        return keepAlive;
    }

    /** Whether the client has nothing more to send on this connection before it has our answer. */
    boolean inputWhole() {
        return requestEnded && !refused;
    }

    boolean demanded() {
        return demanded;
    }

    boolean takeDemand() {
        boolean taken = demanded;
        demanded = false;
        return taken;
    }

    void received(ByteBuf data) {
        demanded = false;
        if (listener == null || responseEnded) {
            data.release();
        } else {
            listener.onData(data);
        }
    }

    void inputEnded() {
        requestEnded = true;
        demanded = false;
        if (listener != null && !responseEnded) {
            listener.onDataEnd();
        }
    }

    void writableAgain() {
        if (listener != null && !responseEnded) {
            listener.onWritable();
        }
    }

    void turnEnded() {
        if (listener != null && !responseEnded) {
            listener.onTurn();
        }
    }

    /** Whether the client owes us a part of the body and we owe it no part of an answer. */
    boolean waitsForBody() {
        return demanded && !requestEnded && !responded;
    }

    /** The body ends here, unfinished; what still comes of it cannot be told from a second request. */
    void refuseBody(int status, String text) {
        keepAlive = false;
        refused = true;
        requestEnded = true;
        demanded = false;
        if (listener != null && !responseEnded) {
            listener.onBodyRefused(status, text);
        }
        abort();
    }

    void gone(Throwable cause) {
        if (!responseEnded) {
            responseEnded = true;
            if (listener != null) {
                listener.onGone(cause);
            }
        }
    }

    /** Answers a request that never reaches a handler. */
    void refuse(int status, String text) {
        keepAlive = false;
        ByteBuf body = ByteBufUtil.writeUtf8(allocator(), text + "\n");
        respond(ResponseHead.of(
                status,
                Headers.empty()
                        .set("Content-Type", "text/plain; charset=utf-8")
                        .set("Content-Length", Integer.toString(body.readableBytes()))));
        write(body);
        // What follows cannot be told from a second request.
        requestEnded = true;
        refused = true;
        end();
    }

    @Override
    public RequestHead request() {
        return head;
    }

    @Override
    public Executor loop() {
        return connection.channel().eventLoop();
    }

    @Override
    public boolean inLoop() {
        return connection.channel().eventLoop().inEventLoop();
    }

    @Override
    public ByteBufAllocator allocator() {
        return connection.channel().alloc();
    }

    @Override
    public SocketAddress client() {
        SocketAddress peer = connection.channel().remoteAddress();
        TrustedProxies proxies = connection.server().trustedProxies();
        if (!proxies.some() || !(peer instanceof InetSocketAddress inet)) {
            return peer;
        }
        InetAddress client = proxies.client(inet.getAddress(), head.headers().all(TrustedProxies.HEADER));
        return client.equals(inet.getAddress()) ? peer : new InetSocketAddress(client, 0);
    }

    @Override
    public boolean http11() {
        return http11;
    }

    @Override
    public void demand() {
        if (requestEnded || responseEnded) {
            return;
        }
        demanded = true;
        if (continueOwed && !responded) {
            continueOwed = false;
            connection.write(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
            connection.write(LastHttpContent.EMPTY_LAST_CONTENT);
        }
        if (upgraded) {
            connection.readMore();
        } else {
            connection.pump();
        }
    }

    @Override
    public void respond(ResponseHead answer) {
        if (responseEnded) {
            return;
        }
        if (responded) {
            throw new IllegalStateException("the answer to " + head + " was begun twice");
        }
        responded = true;
        HttpHeaders fields = answer.headers().netty();
        bodyless = !answer.bodyAllowed(head.method());
        if (!frame(answer)) {
            abort();
            return;
        }
        if (continueOwed) {
            // The client may send its body now, or never: what comes next cannot be told from a second request.
            keepAlive = false;
        }
        boolean closes = fields.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true);
        if (!keepAlive || closes || !connection.keepsAlive()) {
            keepAlive = false;
            fields.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        writeHead(answer, fields);
    }

    /** Sets the fields that say where the answer ends; false when the answer itself says that in no usable way. */
    private boolean frame(ResponseHead answer) {
        HttpHeaders fields = answer.headers().netty();
        fields.remove(HttpHeaderNames.TRANSFER_ENCODING);
        if (answer.status() == 204) {
            fields.remove(HttpHeaderNames.CONTENT_LENGTH);
        }
        if (!answer.plainlyFramed()) {
            return false;
        }
        if (bodyless) {
            return true;
        }
        String length = fields.get(HttpHeaderNames.CONTENT_LENGTH);
        if (length != null) {
            remaining = Long.parseLong(length);
        } else if (http11) {
            fields.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        } else {
            keepAlive = false;
        }
        return true;
    }

    private void writeHead(ResponseHead answer, HttpHeaders fields) {
        ServerCodec.Encoder encoder = connection.context().pipeline().get(ServerCodec.Encoder.class);
        encoder.answersHead = bodyless;
        connection.write(new DefaultHttpResponse(
                HttpVersion.HTTP_1_1, new HttpResponseStatus(answer.status(), answer.reason()), fields));
    }

    @Override
    public void upgrade(ResponseHead answer) {
        if (responseEnded) {
            return;
        }
        if (responded || !http11) {
            throw new IllegalStateException("the connection of " + head + " cannot be upgraded");
        }
        responded = true;
        upgraded = true;
        // From here the client's direction is the stream, which has only begun.
        requestEnded = false;
        demanded = false;
        bodyless = true;
        writeHead(answer, answer.headers().netty());
        connection.becomeRaw();
    }

    @Override
    public void write(ByteBuf data) {
        if (responseEnded || !data.isReadable() || (bodyless && !upgraded)) {
            data.release();
            return;
        }
        if (upgraded) {
            connection.write(data);
            return;
        }
        if (remaining != UNFRAMED) {
            if (data.readableBytes() > remaining) {
                data.release();
                abort();
                return;
            }
            remaining -= data.readableBytes();
        }
        connection.write(new DefaultHttpContent(data));
    }

    @Override
    public boolean writable() {
        return connection.channel().isWritable();
    }

    @Override
    public void end() {
        if (responseEnded) {
            return;
        }
        if (!responded || (remaining > 0 && !upgraded)) {
            abort();
            return;
        }
        responseEnded = true;
        if (upgraded) {
            connection.closeAfterFlush(!requestEnded);
        } else {
            connection.write(LastHttpContent.EMPTY_LAST_CONTENT);
            connection.finish(this);
        }
    }

    @Override
    public void abort() {
        if (!responseEnded) {
            responseEnded = true;
            // Where nothing but the connection's end says that all has come, an end in order would say so.
            boolean endSaysAll = upgraded || (responded && !http11 && remaining == UNFRAMED);
            if (endSaysAll) {
                connection.reset();
            } else {
                connection.closeNow();
            }
        }
    }
}
