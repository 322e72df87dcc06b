package io.fairlead.forge.http;

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

    private final Router router;
    private final Predicate<io.fairlead.forge.api.Request> ofKas;
    private final RequestSlots slots;
    private final TrustedProxies trustedProxies;
    private final Duration stallMax;

    /** @param ofKas whether a request bears kas's signature */
    RouterHandler(Router router, Predicate<io.fairlead.forge.api.Request> ofKas, HttpListenerConfig config) {
        this.router = router;
        this.ofKas = ofKas;
        this.slots = new RequestSlots(config);
        this.trustedProxies = config.trustedProxies();
        this.stallMax = config.stallMax();
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        BodyStream body = new BodyStream(
                request, request.getConnectionMetaData().getConnection().getEndPoint(), stallMax);
        InetAddress client = client(request);
        Optional<Reply> whole = answer(ours(request, client, body), ClientSource.of(client), response, callback);
        if (whole.isPresent()) {
            send(whole.get(), response, body, callback);
        }
        return true;
    }

    /** What is left to send when the slot is free again; nothing when the answer was streamed. */
    private Optional<Reply> answer(
            io.fairlead.forge.api.Request request, String source, Response response, Callback callback)
            throws InterruptedException {
        Optional<RequestSlots.Slot> slot = ofKas.test(request) ? slots.takeForKas() : slots.take(source);
        if (slot.isEmpty()) {
            return Optional.of(
                    ApiError.error(503, "too many requests are being worked on, try again", Map.of("Retry-After", "5"))
                            .reply());
        }
        try (RequestSlots.Slot _ = slot.get()) {
            return switch (router.answer(request)) {
                case Reply.Stream stream -> stream(response, stream, callback);
                case Reply reply -> Optional.of(reply);
            };
        }
    }

    private InetAddress client(Request request) {
        return request.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress peer
                ? trustedProxies.client(
                        peer.getAddress(), request.getHeaders().getValuesList(HttpHeader.X_FORWARDED_FOR))
                : InetAddress.getLoopbackAddress();
    }

    private static void send(Reply reply, Response response, BodyStream body, Callback callback) {
        response.setStatus(reply.status());
        reply.headers().forEach((name, value) -> response.getHeaders().put(name, value));
        byte[] bytes = switch (reply) {
            case Reply.Empty _ -> new byte[0];
            case Reply.Json json ->
                typed(response, "application/json", ForgeJson.MAPPER.writeValueAsBytes(json.value()));
            case Reply.Bytes made -> typed(response, made.contentType(), made.body());
            case Reply.Text text ->
                typed(response, text.contentType(), text.text().getBytes(StandardCharsets.UTF_8));
            case Reply.Stream _ -> throw new IllegalStateException("a stream is written while it is made");
        };
        if (body.endsHere()) {
            response.write(true, ByteBuffer.wrap(bytes), callback);
            return;
        }
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
        try {
            Content.Sink.write(response, true, ByteBuffer.wrap(bytes));
            body.linger();
            callback.succeeded();
        } catch (IOException e) {
            callback.failed(e);
        }
    }

    private static byte[] typed(Response response, String contentType, byte[] body) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
        return body;
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

    private io.fairlead.forge.api.Request ours(Request request, InetAddress client, InputStream body) {
        Map<String, List<String>> headers = new HashMap<>();
        for (HttpField field : request.getHeaders()) {
            headers.computeIfAbsent(field.getName().toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                    .add(Objects.requireNonNullElse(field.getValue(), ""));
        }
        String path = Objects.requireNonNullElse(request.getHttpURI().getPath(), "/");
        String query = Objects.requireNonNullElse(request.getHttpURI().getQuery(), "");
        return new io.fairlead.forge.api.Request(
                request.getMethod(),
                path.startsWith("/") ? path : "/" + path,
                query,
                headers,
                client.getHostAddress(),
                body);
    }
}
