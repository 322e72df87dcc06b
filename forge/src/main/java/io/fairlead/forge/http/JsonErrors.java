package io.fairlead.forge.http;

import io.fairlead.forge.api.ForgeJson;
import java.nio.ByteBuffer;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Errors of the server itself, such as a request that is no HTTP, in the words of the API. */
final class JsonErrors implements Request.Handler {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        String message = status + " " + HttpStatus.getMessage(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        // Jetty ends the connection when a body is left in it, and would not say so: the next request would be lost.
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
        response.write(true, ByteBuffer.wrap(ForgeJson.MAPPER.writeValueAsBytes(Map.of("message", message))), callback);
        return true;
    }
}
