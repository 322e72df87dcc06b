package io.fairlead.forge.http;

import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.ForgeJson;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Router;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Between Jetty's requests and ours. Runs on a virtual thread and blocks. */
final class RouterHandler extends Handler.Abstract {
    private static final Logger log = LoggerFactory.getLogger(RouterHandler.class);

    private final Router router;

    RouterHandler(Router router) {
        this.router = router;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        BodyStream body = new BodyStream(Content.Source.asInputStream(request), bodyLength(request));
        send(router.answer(ours(request, body)), response, body, callback);
        return true;
    }

    private static void send(Reply reply, Response response, BodyStream body, Callback callback) {
        response.setStatus(reply.status());
        if (!(reply instanceof Reply.Stream) && !body.readToEnd()) {
            response.getHeaders().put(HttpHeader.CONNECTION, "close");
        }
        reply.headers().forEach((name, value) -> response.getHeaders().put(name, value));
        switch (reply) {
            case Reply.Empty ignored -> response.write(true, null, callback);
            case Reply.Json json ->
                write(response, "application/json", ForgeJson.MAPPER.writeValueAsBytes(json.value()), callback);
            case Reply.Bytes bytes -> write(response, bytes.contentType(), bytes.body(), callback);
            case Reply.Text text ->
                write(response, text.contentType(), text.text().getBytes(StandardCharsets.UTF_8), callback);
            case Reply.Stream stream -> stream(response, stream, body, callback);
        }
    }

    private static void write(Response response, String contentType, byte[] body, Callback callback) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
        response.write(true, ByteBuffer.wrap(body), callback);
    }

    /** A failure after the first byte must not look like an end: the callback's failure breaks the connection. */
    private static void stream(Response response, Reply.Stream reply, BodyStream body, Callback callback) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, reply.contentType());
        try {
            OutputStream out = Content.Sink.asOutputStream(response);
            reply.body().writeTo(out);
            out.close();
            callback.succeeded();
        } catch (ApiError e) {
            if (response.isCommitted()) {
                callback.failed(e);
            } else {
                send(e.reply(), response, body, callback);
            }
        } catch (IOException | RuntimeException e) {
            log.debug("a streamed answer was cut off", e);
            callback.failed(e);
        }
    }

    private static long bodyLength(Request request) {
        boolean chunked = request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
        return chunked ? -1 : Math.max(0, request.getLength());
    }

    private static io.fairlead.forge.api.Request ours(Request request, InputStream body) {
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
                ClientAddress.of(Request.getRemoteAddr(request), headers),
                body);
    }
}
