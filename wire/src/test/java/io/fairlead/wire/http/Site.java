package io.fairlead.wire.http;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What the tests' server serves: each path behaves in one way. */
final class Site implements HttpHandler {
    static final int PIECE_BYTES = 64 * 1024;

    private static final byte[] PATTERN = new byte[PIECE_BYTES + 251];

    static {
        for (int i = 0; i < PATTERN.length; i++) {
            PATTERN[i] = (byte) (i % 251);
        }
    }

    final AtomicInteger gone = new AtomicInteger();
    final AtomicInteger begun = new AtomicInteger();
    final AtomicLong written = new AtomicLong();
    final List<HttpExchange> exchanges = new CopyOnWriteArrayList<>();

    @Override
    public ExchangeListener serve(HttpExchange exchange) {
        exchanges.add(exchange);
        begun.incrementAndGet();
        String path = exchange.request().path();
        String first = path.substring(1).split("/", 2)[0];
        return switch (first) {
            case "hello" -> hello(exchange, path);
            case "chunks" -> chunks(exchange);
            case "status" -> status(exchange, path);
            case "echo" -> new Echo(exchange);
            case "swallow" -> new Swallow(exchange);
            case "early" -> early(exchange);
            case "never" -> new Never(exchange);
            case "short" -> misframed(exchange, 10, 5);
            case "long" -> misframed(exchange, 5, 10);
            case "fields" -> fields(exchange, path);
            case "pour" -> new Pour(exchange, Long.parseLong(path.substring("/pour/".length())));
            case "upgrade" -> new Upgraded(exchange);
            case "measure" -> new Measure(exchange);
            default -> hello(exchange, path);
        };
    }

    private static ExchangeListener hello(HttpExchange exchange, String path) {
        Served served = new Served(exchange);
        served.answer(200, "hello " + path);
        return served;
    }

    private static ExchangeListener chunks(HttpExchange exchange) {
        Served served = new Served(exchange);
        exchange.respond(Served.ok());
        for (int i = 0; i < 3; i++) {
            exchange.write(served.text("piece " + i + ";"));
        }
        exchange.end();
        return served;
    }

    private static ExchangeListener status(HttpExchange exchange, String path) {
        int status = Integer.parseInt(path.substring("/status/".length()));
        exchange.respond(Served.head(status, "X-Test", "yes"));
        exchange.write(new Served(exchange).text("no body is allowed here"));
        exchange.end();
        return new Served(exchange);
    }

    private static ExchangeListener early(HttpExchange exchange) {
        Served served = new Served(exchange);
        served.answer(403, "no");
        return served;
    }

    private static ExchangeListener misframed(HttpExchange exchange, int said, int sent) {
        Served served = new Served(exchange);
        exchange.respond(Served.ok("Content-Length", Integer.toString(said)));
        exchange.write(served.text("x".repeat(sent)));
        exchange.end();
        return served;
    }

    /** Content-Length as the path says it, values separated by slashes. */
    private static ExchangeListener fields(HttpExchange exchange, String path) {
        List<String> fields = new ArrayList<>();
        for (String value : path.substring("/fields/".length()).split("/")) {
            fields.add("Content-Length");
            fields.add(value);
        }
        exchange.respond(Served.ok(fields.toArray(String[]::new)));
        exchange.write(new Served(exchange).text("12345"));
        exchange.end();
        return new Served(exchange);
    }

    private static final class Echo extends Served {
        Echo(HttpExchange exchange) {
            super(exchange);
            exchange.respond(ok());
            exchange.demand();
        }

        @Override
        public void onData(ByteBuf data) {
            exchange.write(data);
            if (exchange.writable()) {
                exchange.demand();
            }
        }

        @Override
        public void onWritable() {
            exchange.demand();
        }

        @Override
        public void onDataEnd() {
            exchange.end();
        }
    }

    private static final class Swallow extends Served {
        private long bytes;

        Swallow(HttpExchange exchange) {
            super(exchange);
            exchange.demand();
        }

        @Override
        public void onData(ByteBuf data) {
            bytes += data.readableBytes();
            super.onData(data);
        }

        @Override
        public void onDataEnd() {
            answer(200, Long.toString(bytes));
        }
    }

    private final class Never extends Served {
        Never(HttpExchange exchange) {
            super(exchange);
            exchange.demand();
        }

        @Override
        public void onGone(Throwable cause) {
            gone.incrementAndGet();
        }
    }

    /** {@code left} bytes, as fast as they are taken. The byte at position i is i modulo 251. */
    private final class Pour extends Served {
        private long at;
        private final long size;

        Pour(HttpExchange exchange, long size) {
            super(exchange);
            this.size = size;
            exchange.respond(ok());
            onWritable();
        }

        @Override
        public void onWritable() {
            while (exchange.writable() && at < size) {
                int length = (int) Math.min(PIECE_BYTES, size - at);
                ByteBuf piece = exchange.allocator().directBuffer(length);
                piece.writeBytes(PATTERN, (int) (at % 251), length);
                at += length;
                written.addAndGet(length);
                exchange.write(piece);
            }
            if (at == size) {
                at++;
                exchange.end();
            }
        }

        @Override
        public void onGone(Throwable cause) {
            gone.incrementAndGet();
        }
    }

    /** Says "first" with the switch itself and then everything back, until the client's direction ends. */
    private final class Upgraded extends Served {
        private boolean agreed;

        Upgraded(HttpExchange exchange) {
            super(exchange);
            if (exchange.request().path().endsWith("/refused")) {
                answer(400, "no");
                return;
            }
            if (exchange.request().path().endsWith("/later")) {
                // The answer waits for the test.
                return;
            }
            agree();
        }

        private void agree() {
            agreed = true;
            exchange.upgrade(Served.head(101, "Connection", "Upgrade", "Upgrade", "test"));
            exchange.write(text("first;"));
            exchange.demand();
        }

        @Override
        public void onData(ByteBuf data) {
            exchange.write(data);
            if (exchange.writable()) {
                exchange.demand();
            }
        }

        @Override
        public void onWritable() {
            exchange.demand();
        }

        @Override
        public void onDataEnd() {
            if (agreed) {
                exchange.write(text(";last"));
                exchange.end();
            }
        }

        @Override
        public void onGone(Throwable cause) {
            gone.incrementAndGet();
        }
    }

    /** After an upgrade: how many bytes the client's direction held, said when it has ended. */
    private static final class Measure extends Served {
        private long bytes;

        Measure(HttpExchange exchange) {
            super(exchange);
            exchange.upgrade(Served.head(101, "Connection", "Upgrade", "Upgrade", "test"));
            exchange.demand();
        }

        @Override
        public void onData(ByteBuf data) {
            bytes += data.readableBytes();
            super.onData(data);
        }

        @Override
        public void onDataEnd() {
            exchange.write(text(Long.toString(bytes)));
            exchange.end();
        }
    }
}
