package io.fairlead.wire.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/** A listener that drops what it gets; tests override what they are about. */
class Served implements ExchangeListener {
    final HttpExchange exchange;

    Served(HttpExchange exchange) {
        this.exchange = exchange;
    }

    static ResponseHead ok(String... fields) {
        return head(200, fields);
    }

    static ResponseHead head(int status, String... fields) {
        Headers headers = Headers.empty();
        for (int i = 0; i < fields.length; i += 2) {
            headers.add(fields[i], fields[i + 1]);
        }
        return new ResponseHead(status, "Said", headers);
    }

    ByteBuf text(String text) {
        return ByteBufUtil.writeUtf8(exchange.allocator(), text);
    }

    /** A whole answer of known length. */
    void answer(int status, String body) {
        exchange.respond(head(status, "Content-Length", Integer.toString(body.length())));
        exchange.write(text(body));
        exchange.end();
    }

    @Override
    public void onData(ByteBuf data) {
        data.release();
        exchange.demand();
    }

    @Override
    public void onTurn() {}

    @Override
    public void onDataEnd() {}

    @Override
    public void onBodyRefused(int status, String text) {
        answer(status, text);
    }

    @Override
    public void onWritable() {}

    @Override
    public void onGone(Throwable cause) {}
}
