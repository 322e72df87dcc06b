package io.fairlead.forge.http;

import io.fairlead.base.log.SummedLog;
import io.fairlead.base.net.ClientSource;
import io.fairlead.base.net.TrustedProxies;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.ForgeJson;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Router;
import io.fairlead.forge.api.SlowBodyException;
import io.fairlead.forge.database.DatabaseUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Between Jetty's requests and ours. Runs on a virtual thread and blocks.
 *
 * <p>An answer never waits for the rest of a body: who announces one and sends nothing has taken a slot only for the moment
 * that the refusal took.
 */
final class RouterHandler extends Handler.Abstract {
    private static final Logger log = LoggerFactory.getLogger(RouterHandler.class);

    /** Answers up to this length may wait for their clients without being counted: each connection has one at most. */
    private static final int SMALL_MAX = 64 * 1024;

    /** Of a file of 10 MiB as JSON; so one such answer finds room beside what a client has, if there is any. */
    private static final long LARGEST_ANSWER = 16 * 1024 * 1024;

    private final Router router;
    private final Predicate<io.fairlead.forge.api.Request> ofKas;
    private final RequestSlots slots;
    private final TrustedProxies trustedProxies;
    private final Duration stallMax;
    private final Duration readGrace;
    /** The bytes of large answers that their clients have not taken yet. */
    private final FairShares unsent;

    private final SummedLog crowds = new SummedLog(log);

    private static final Reply BUSY = ApiError.error(
                    503, "too many requests are being worked on, try again", Map.of("Retry-After", "5"))
            .reply();
    private static final Reply NO_ROOM = ApiError.error(
                    503, "too many large answers wait for their clients, try again", Map.of("Retry-After", "5"))
            .reply();

    /** One request with all that its answer needs. */
    private record Exchange(Request request, Response response, BodyStream body, Callback callback, String source) {}

    /** An answer that only has to be sent; holds nothing of what it was made from. */
    private record Made(int status, Map<String, String> headers, Optional<String> contentType, byte[] bytes) {
        boolean small() {
            return bytes.length <= SMALL_MAX;
        }
    }

    /** @param ofKas whether a request bears kas's signature */
    RouterHandler(Router router, Predicate<io.fairlead.forge.api.Request> ofKas, HttpListenerConfig config) {
        this.router = router;
        this.ofKas = ofKas;
        this.slots = new RequestSlots(config);
        this.trustedProxies = config.trustedProxies();
        this.stallMax = config.stallMax();
        this.readGrace = config.readGrace();
        long all = config.unsentBytesMax();
        this.unsent = new FairShares(all, Math.min(LARGEST_ANSWER, all / 2), all);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        BodyStream body = new BodyStream(
                request, request.getConnectionMetaData().getConnection().getEndPoint(), stallMax);
        String source = ClientSource.of(client(request));
        Exchange exchange = new Exchange(request, response, body, callback, source);
        io.fairlead.forge.api.Request asked = ours(request, source, body);
        Optional<RequestSlots.Slot> slot = ofKas.test(asked) ? slots.takeForKas() : slots.take(source);
        if (slot.isEmpty()) {
            sendSmall(made(BUSY, exchange), exchange);
            return true;
        }
        Optional<Made> small;
        try (RequestSlots.Slot _ = slot.get()) {
            small = answer(asked, exchange);
        }
        small.ifPresent(made -> sendSmall(made, exchange));
        return true;
    }

    /**
     * What is left to send when the slot is free again, which is little; nothing when the answer was streamed, or was so large
     * that it keeps the slot until its client has taken it.
     */
    private Optional<Made> answer(io.fairlead.forge.api.Request asked, Exchange exchange) {
        Optional<Made> whole = switch (router.answer(asked)) {
            case Reply.Stream stream ->
                stream(exchange.response, stream, exchange.callback).map(reply -> made(reply, exchange));
            case Reply reply -> Optional.of(made(reply, exchange));
        };
        if (whole.isEmpty() || whole.get().small()) {
            return whole;
        }
        sendLarge(whole.get(), exchange);
        return Optional.empty();
    }

    private InetAddress client(Request request) {
        return request.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress peer
                ? trustedProxies.client(
                        peer.getAddress(), request.getHeaders().getValuesList(HttpHeader.X_FORWARDED_FOR))
                : InetAddress.getLoopbackAddress();
    }

    /** The answer as bytes, or if too many wait already, one that says so. */
    private Made made(Reply reply, Exchange exchange) {
        byte[] bytes = bytes(reply);
        if (bytes.length > SMALL_MAX && !unsent.take(exchange.source, bytes.length)) {
            crowds.warn("a large answer was not sent: too many wait for their clients");
            return made(NO_ROOM, exchange);
        }
        return new Made(reply.status(), reply.headers(), contentType(reply), bytes);
    }

    private static byte[] bytes(Reply reply) {
        return switch (reply) {
            case Reply.Empty _ -> new byte[0];
            case Reply.Json json -> ForgeJson.MAPPER.writeValueAsBytes(json.value());
            case Reply.Bytes made -> made.body();
            case Reply.Text text -> text.text().getBytes(StandardCharsets.UTF_8);
            case Reply.Stream _ -> throw new IllegalStateException("a stream is written while it is made");
        };
    }

    private static Optional<String> contentType(Reply reply) {
        return switch (reply) {
            case Reply.Empty _ -> Optional.empty();
            case Reply.Json _ -> Optional.of("application/json");
            case Reply.Bytes bytes -> Optional.of(bytes.contentType());
            case Reply.Text text -> Optional.of(text.contentType());
            case Reply.Stream stream -> Optional.of(stream.contentType());
        };
    }

    private static void head(Made made, Response response) {
        response.setStatus(made.status);
        made.headers.forEach((name, value) -> response.getHeaders().put(name, value));
        made.contentType.ifPresent(type -> {
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, made.bytes.length);
        });
    }

    private static void sendSmall(Made made, Exchange exchange) {
        head(made, exchange.response);
        ByteBuffer bytes = ByteBuffer.wrap(made.bytes);
        if (exchange.body.endsHere()) {
            exchange.response.write(true, bytes, exchange.callback);
            return;
        }
        exchange.response.getHeaders().put(HttpHeader.CONNECTION, "close");
        try {
            Content.Sink.write(exchange.response, true, bytes);
            exchange.body.linger();
            exchange.callback.succeeded();
        } catch (IOException e) {
            exchange.callback.failed(e);
        }
    }

    /** Waits for the client to take it. */
    private void sendLarge(Made made, Exchange exchange) {
        head(made, exchange.response);
        boolean goesOn = exchange.body.endsHere();
        if (!goesOn) {
            exchange.response.getHeaders().put(HttpHeader.CONNECTION, "close");
        }
        Request request = exchange.request;
        try (ReaderPace pace = new ReaderPace(
                request.getConnectionMetaData().getConnection().getEndPoint(),
                request.getComponents().getScheduler(),
                readGrace)) {
            pace.watch();
            for (int at = 0; at < made.bytes.length; at += SMALL_MAX) {
                int length = Math.min(SMALL_MAX, made.bytes.length - at);
                boolean last = at + length == made.bytes.length;
                Content.Sink.write(exchange.response, last, ByteBuffer.wrap(made.bytes, at, length));
                pace.took(length);
            }
        } catch (IOException e) {
            exchange.callback.failed(e);
            return;
        } finally {
            unsent.giveBack(exchange.source, made.bytes.length);
        }
        if (!goesOn) {
            exchange.body.linger();
        }
        exchange.callback.succeeded();
    }

    /**
     * A failure after the first byte must not look like an end: the callback's failure breaks the connection.
     *
     * @return a refusal in place of the stream, if nothing was written yet
     */
    private static Optional<Reply> stream(Response response, Reply.Stream reply, Callback callback) {
        response.setStatus(reply.status());
        reply.headers().forEach((name, value) -> response.getHeaders().put(name, value));
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, reply.contentType());
        try {
            OutputStream out = Content.Sink.asOutputStream(response);
            reply.body().writeTo(out);
            out.close();
            callback.succeeded();
        } catch (ApiError e) {
            return refusal(e, e, response, callback);
        } catch (SlowBodyException e) {
            return refusal(e.refusal(), e, response, callback);
        } catch (DatabaseUnavailableException e) {
            return refusal(ApiError.unavailable(), e, response, callback);
        } catch (IOException | RuntimeException e) {
            log.debug("a streamed answer was cut off", e);
            callback.failed(e);
        }
        return Optional.empty();
    }

    private static Optional<Reply> refusal(ApiError refusal, Exception cause, Response response, Callback callback) {
        if (response.isCommitted()) {
            callback.failed(cause);
            return Optional.empty();
        }
        response.getHeaders().remove(HttpHeader.CONTENT_TYPE);
        return Optional.of(refusal.reply());
    }

    private io.fairlead.forge.api.Request ours(Request request, String source, InputStream body) {
        Map<String, List<String>> headers = new HashMap<>();
        for (HttpField field : request.getHeaders()) {
            headers.computeIfAbsent(field.getName().toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                    .add(Objects.requireNonNullElse(field.getValue(), ""));
        }
        String path = Objects.requireNonNullElse(request.getHttpURI().getPath(), "/");
        String query = Objects.requireNonNullElse(request.getHttpURI().getQuery(), "");
        return new io.fairlead.forge.api.Request(
                request.getMethod(), path.startsWith("/") ? path : "/" + path, query, headers, source, body);
    }
}
