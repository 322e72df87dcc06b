package io.fairlead.wire.http;

import io.fairlead.base.ids.RandomIds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request on its way through a {@link Forwarder}: the client's exchange and the call to the server behind it, joined.
 * Both run on one event loop.
 *
 * <p>States, by two flags: <b>asking</b> ({@code answered} is false: the client's body goes on, and a failure can still be
 * told in a head of ours) → <b>answered</b> (the head, or the 101 after which bytes go both ways, is with the client; a
 * failure breaks off, so that half an answer never looks whole) → <b>over</b>, from either: the answer ended, a side failed,
 * the body was refused, or the client left. The client's direction ends by itself, before or after the answer's head. After
 * <b>over</b> what the client sends is released, and the server's side tells nothing more, for its call has ended or was
 * cancelled.
 *
 * <p>Each side is asked for more when the other has room; {@code requestHeld} and {@code answerHeld} say which waits for
 * {@code onWritable} of the other.
 */
final class ForwardedExchange implements ExchangeListener {
    private static final Logger log = LoggerFactory.getLogger(ForwardedExchange.class);

    private final HttpExchange exchange;
    private final Answer answer = new Answer();
    private @Nullable HttpCall call;
    private boolean answered;
    private boolean over;
    private boolean requestHeld;
    private boolean answerHeld;

    private final RandomIds ids;

    ForwardedExchange(HttpExchange exchange, RandomIds ids) {
        this.ids = ids;
        this.exchange = exchange;
    }

    ResponseListener answer() {
        return answer;
    }

    void begin(HttpCall started, boolean withBody) {
        call = started;
        started.demand();
        if (withBody) {
            exchange.demand();
        }
    }

    @Override
    public void onData(ByteBuf data) {
        HttpCall current = call;
        if (current == null || over) {
            data.release();
            return;
        }
        current.write(data);
        if (current.writable()) {
            exchange.demand();
        } else {
            requestHeld = true;
        }
    }

    @Override
    public void onTurn() {
        // Each piece was passed on as it came.
    }

    @Override
    public void onDataEnd() {
        if (call != null && !over) {
            call.endRequest();
        }
    }

    @Override
    public void onBodyRefused(int status, String text) {
        if (over) {
            return;
        }
        over = true;
        if (call != null) {
            call.cancel();
        }
        refuse(status, text);
    }

    /** Answers in our own words, or breaks off what has begun. */
    private void refuse(int status, String sentence) {
        if (answered) {
            exchange.abort();
            return;
        }
        ByteBuf text = ByteBufUtil.writeUtf8(exchange.allocator(), sentence + "\n");
        exchange.respond(ResponseHead.of(
                status,
                Headers.empty()
                        .set("Content-Type", "text/plain; charset=utf-8")
                        .set("Content-Length", Integer.toString(text.readableBytes()))));
        exchange.write(text);
        exchange.end();
    }

    @Override
    public void onWritable() {
        if (answerHeld && call != null) {
            answerHeld = false;
            call.demand();
        }
    }

    @Override
    public void onGone(Throwable cause) {
        over = true;
        if (call != null) {
            call.cancel();
        }
    }

    /** What the server behind says. */
    private final class Answer implements ResponseListener {
        @Override
        public void onHead(ResponseHead head) {
            answered = true;
            Headers headers = Forwarder.endToEnd(head.headers());
            if (exchange.request().upgrade().isPresent()) {
                // The client may count on a stream here; nothing after this answer may be read as a request.
                headers.set("Connection", "close");
            }
            exchange.respond(new ResponseHead(head.status(), head.reason(), headers));
            next();
        }

        @Override
        public void onUpgrade(ResponseHead head) {
            answered = true;
            Headers headers = Forwarder.endToEnd(head.headers());
            head.headers().first("Upgrade").ifPresent(protocol -> headers.set("Upgrade", protocol));
            headers.set("Connection", "Upgrade");
            exchange.upgrade(new ResponseHead(head.status(), head.reason(), headers));
            next();
            exchange.demand();
        }

        @Override
        public void onData(ByteBuf data) {
            exchange.write(data);
            next();
        }

        private void next() {
            if (exchange.writable() && call != null) {
                call.demand();
            } else {
                answerHeld = true;
            }
        }

        @Override
        public void onTurn() {
            // Each piece was passed on as it came.
        }

        @Override
        public void onEnd() {
            over = true;
            exchange.end();
        }

        @Override
        public void onWritable() {
            if (requestHeld) {
                requestHeld = false;
                exchange.demand();
            }
        }

        @Override
        public void onFailure(HttpFailure failure) {
            if (over) {
                return;
            }
            over = true;
            String traceId = HexFormat.of().toHexDigits(ids.positiveLong());
            log.info("a request got no answer, trace id {}: {}", traceId, failure.getMessage());
            refuse(502, "The server behind this address gave no answer; its log says why, trace id " + traceId);
        }
    }
}
