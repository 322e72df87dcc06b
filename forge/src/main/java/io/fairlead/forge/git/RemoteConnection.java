package io.fairlead.forge.git;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.eclipse.jgit.transport.http.HttpConnection;
import org.jspecify.annotations.Nullable;

/**
 * One request of an import over HTTP/1.1. Written by hand because the address that is connected to must be the one that was
 * checked, and because everything that is read counts.
 */
final class RemoteConnection implements HttpConnection {
    private static final Duration CONNECT_MAX = Duration.ofSeconds(10);
    private static final Duration SILENCE_MAX = Duration.ofSeconds(60);

    /** What a client says: which objects it wants, a line each. */
    private static final int REQUEST_BYTES_MAX = 32 << 20;

    private final URL url;
    private final RemoteGuard guard;
    private final Map<String, String> requestHeaders = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final ByteArrayOutputStream body = new ByteArrayOutputStream() {
        @Override
        public synchronized void write(byte[] bytes, int at, int count) {
            if (size() + count > REQUEST_BYTES_MAX) {
                throw new IllegalStateException("a request to import has more than " + REQUEST_BYTES_MAX + " bytes");
            }
            super.write(bytes, at, count);
        }
    };
    private String method = "GET";
    private @Nullable RemoteAnswer answer;

    RemoteConnection(URL url, RemoteGuard guard) {
        this.url = url;
        this.guard = guard;
    }

    @Override
    public void connect() throws IOException {
        answer();
    }

    private RemoteAnswer answer() throws IOException {
        RemoteAnswer known = answer;
        if (known == null) {
            known = send();
            answer = known;
        }
        return known;
    }

    private RemoteAnswer send() throws IOException {
        boolean secure = url.getProtocol().equalsIgnoreCase("https");
        int port = url.getPort() >= 0 ? url.getPort() : secure ? 443 : 80;
        Socket socket = new Socket();
        guard.opened(socket);
        boolean answered = false;
        try {
            socket.setSoTimeout((int) SILENCE_MAX.toMillis());
            socket.connect(new InetSocketAddress(guard.address(url.getHost()), port), (int) CONNECT_MAX.toMillis());
            Socket speaking = secure ? secured(socket, port) : socket;
            OutputStream out = speaking.getOutputStream();
            out.write(head().getBytes(StandardCharsets.ISO_8859_1));
            body.writeTo(out);
            out.flush();
            RemoteAnswer read = RemoteAnswer.read(
                    new BufferedInputStream(new Counted(speaking.getInputStream(), guard), 1 << 16), socket);
            if (read.status() == 401 || read.status() == 403) {
                throw new ImportFailure("the server asks for a name and a password, or does not accept those given");
            }
            answered = true;
            return read;
        } finally {
            if (!answered) {
                socket.close();
            }
        }
    }

    private Socket secured(Socket socket, int port) throws IOException {
        SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        SSLSocket secured = (SSLSocket) factory.createSocket(socket, url.getHost(), port, true);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        return secured;
    }

    private String head() {
        StringBuilder head = new StringBuilder(method)
                .append(' ')
                .append(url.getFile().isEmpty() ? "/" : url.getFile())
                .append(" HTTP/1.1\r\nHost: ")
                .append(url.getPort() >= 0 ? url.getHost() + ":" + url.getPort() : url.getHost())
                .append("\r\nConnection: close\r\n");
        requestHeaders.remove("Content-Length");
        requestHeaders.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        if (method.equals("POST")) {
            head.append("Content-Length: ").append(body.size()).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    /** Counts what comes in. */
    private static final class Counted extends InputStream {
        private final InputStream in;
        private final RemoteGuard guard;

        Counted(InputStream in, RemoteGuard guard) {
            this.in = in;
            this.guard = guard;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int at, int count) throws IOException {
            int read = in.read(bytes, at, count);
            guard.received(Math.max(0, read));
            return read;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    @Override
    public int getResponseCode() throws IOException {
        return answer().status();
    }

    @Override
    public URL getURL() {
        return url;
    }

    @Override
    public String getResponseMessage() throws IOException {
        return "status " + answer().status();
    }

    @Override
    public Map<String, List<String>> getHeaderFields() {
        return answer == null ? Map.of() : answer.headers();
    }

    @Override
    public void setRequestProperty(String name, String value) {
        // A line end in a value would be a header of somebody else's choice.
        if (value.chars().noneMatch(c -> c < ' ' || c > 126)) {
            requestHeaders.put(name, value);
        }
    }

    @Override
    public void setRequestMethod(String wanted) {
        method = wanted;
    }

    @Override
    public String getRequestMethod() {
        return method;
    }

    @Override
    public String getContentType() {
        return field("Content-Type").orElse("");
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return answer().body();
    }

    @Override
    @SuppressWarnings("NullAway") // JGit expects null for what is not there.
    public @Nullable String getHeaderField(String name) {
        return field(name).orElse(null);
    }

    @Override
    public List<String> getHeaderFields(String name) {
        return getHeaderFields().getOrDefault(name, List.of());
    }

    private Optional<String> field(String name) {
        return getHeaderFields(name).stream().findFirst();
    }

    @Override
    public int getContentLength() {
        return field("Content-Length")
                .filter(text -> text.matches("[0-9]{1,9}"))
                .map(Integer::parseInt)
                .orElse(-1);
    }

    @Override
    public OutputStream getOutputStream() {
        return body;
    }

    @Override
    public boolean usingProxy() {
        return false;
    }

    @Override
    public void setUseCaches(boolean wanted) {}

    @Override
    public void setConnectTimeout(int millis) {}

    @Override
    public void setReadTimeout(int millis) {}

    @Override
    public void setInstanceFollowRedirects(boolean wanted) {}

    @Override
    public void setDoOutput(boolean wanted) {}

    @Override
    public void setFixedLengthStreamingMode(int length) {}

    @Override
    public void setChunkedStreamingMode(int length) {}

    @Override
    public void configure(KeyManager[] keys, TrustManager[] trust, SecureRandom random) {
        throw new IllegalStateException("certificates are always checked");
    }

    @Override
    public void setHostnameVerifier(HostnameVerifier verifier) {
        throw new IllegalStateException("names are always checked");
    }
}
