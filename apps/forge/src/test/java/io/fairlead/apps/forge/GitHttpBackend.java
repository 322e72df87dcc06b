package io.fairlead.apps.forge;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Git's own server over HTTP, {@code git http-backend}, for the repositories in a folder. */
final class GitHttpBackend implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Path root;
    private final String authorization;

    /** @param authorization what must be shown; empty for nothing */
    GitHttpBackend(Path root, String authorization) throws IOException {
        this.root = root;
        this.authorization = authorization;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    HttpServer server() {
        return server;
    }

    String url(String signIn, String path) {
        return "http://" + signIn + "127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String shown = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
            if (!authorization.isEmpty() && !authorization.equals(shown)) {
                exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"git\"");
                exchange.sendResponseHeaders(401, -1);
                return;
            }
            ProcessBuilder builder = new ProcessBuilder("git", "http-backend");
            Map<String, String> environment = builder.environment();
            environment.put("GIT_PROJECT_ROOT", root.toString());
            environment.put("GIT_HTTP_EXPORT_ALL", "1");
            environment.put("PATH_INFO", exchange.getRequestURI().getPath());
            environment.put(
                    "QUERY_STRING", String.valueOf(exchange.getRequestURI().getRawQuery()));
            environment.put("REQUEST_METHOD", exchange.getRequestMethod());
            header(exchange, environment, "Content-Type", "CONTENT_TYPE");
            header(exchange, environment, "Content-Length", "CONTENT_LENGTH");
            header(exchange, environment, "Content-Encoding", "HTTP_CONTENT_ENCODING");
            header(exchange, environment, "Git-Protocol", "GIT_PROTOCOL");
            Process process =
                    builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
            try (OutputStream in = process.getOutputStream()) {
                exchange.getRequestBody().transferTo(in);
            }
            try (InputStream out = process.getInputStream()) {
                int status = 200;
                for (String line = line(out); !line.isEmpty(); line = line(out)) {
                    String name = line.substring(0, line.indexOf(':'));
                    String value = line.substring(line.indexOf(':') + 1).strip();
                    if (name.equalsIgnoreCase("Status")) {
                        status = Integer.parseInt(value.substring(0, 3));
                    } else {
                        exchange.getResponseHeaders().add(name, value);
                    }
                }
                exchange.sendResponseHeaders(status, 0);
                out.transferTo(exchange.getResponseBody());
            }
        }
    }

    private static void header(HttpExchange exchange, Map<String, String> environment, String header, String name) {
        String value = exchange.getRequestHeaders().getFirst(header);
        if (value != null) {
            environment.put(name, value);
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            line.append((char) next);
        }
        return new String(line.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8).strip();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
