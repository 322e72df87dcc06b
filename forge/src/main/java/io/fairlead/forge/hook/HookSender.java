package io.fairlead.forge.hook;

import io.fairlead.base.time.Scheduler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Makes one call over HTTP/1.1. Written by hand because the address that is connected to must be the one that was checked:
 * a client that looks the name up itself could be sent elsewhere the second time. Redirects are not followed, and of the
 * answer nothing but the first line is read.
 */
final class HookSender {
    /** GitLab's. */
    static final Duration WAIT_MAX = Duration.ofSeconds(10);

    private static final Duration CONNECT_MAX = Duration.ofSeconds(5);
    private static final int FIRST_LINE_MAX = 1_024;
    private static final Pattern FIRST_LINE = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})( [^\\r]*)?\\r");

    /** What came of a call. */
    sealed interface Outcome {
        record Answered(int status) implements Outcome {}

        /** @param why without what is secret in the address */
        record Failed(String why) implements Outcome {}

        default boolean good() {
            return this instanceof Answered(int status) && status >= 200 && status < 300;
        }

        /** Whether the same call may go better later. */
        default boolean worthAnotherTry() {
            return switch (this) {
                case Answered(int status) -> status == 429 || status >= 500;
                case Failed _ -> true;
            };
        }
    }

    private final HookAddresses addresses;
    private final Scheduler scheduler;

    HookSender(HookAddresses addresses, Scheduler scheduler) {
        this.addresses = addresses;
        this.scheduler = scheduler;
    }

    /** Blocks for {@link #WAIT_MAX} at most once the name is known. */
    Outcome post(URI url, Map<String, String> headers, byte[] body) {
        try {
            InetAddress address = address(url.getHost());
            try (Socket socket = new Socket()) {
                Scheduler.Scheduled watch = scheduler.schedule(WAIT_MAX, () -> close(socket));
                try {
                    int port = HookUrl.port(url);
                    socket.connect(new InetSocketAddress(address, port), (int) CONNECT_MAX.toMillis());
                    Socket speaking = url.getScheme().equalsIgnoreCase("https") ? secured(socket, url, port) : socket;
                    return exchange(speaking, url, headers, body);
                } finally {
                    watch.cancel();
                }
            }
        } catch (UnknownHostException e) {
            return new Outcome.Failed("the host is not known");
        } catch (RefusedAddress e) {
            return new Outcome.Failed("the address is not allowed: it is not a public one");
        } catch (IOException e) {
            return new Outcome.Failed("no answer: " + e.getClass().getSimpleName());
        }
    }

    private static final class RefusedAddress extends IOException {
        private static final long serialVersionUID = 1;
    }

    /** All that a name leads to must be allowed: a mixture is an attempt. */
    private InetAddress address(String host) throws IOException {
        InetAddress[] found = InetAddress.getAllByName(bare(host));
        for (InetAddress address : found) {
            if (!addresses.allows(address)) {
                throw new RefusedAddress();
            }
        }
        return found[0];
    }

    private static String bare(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed or cannot be: whoever uses it finds out.
            return;
        }
    }

    private static Socket secured(Socket socket, URI url, int port) throws IOException {
        SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        SSLSocket secured = (SSLSocket) factory.createSocket(socket, bare(url.getHost()), port, true);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        return secured;
    }

    private static Outcome exchange(Socket socket, URI url, Map<String, String> headers, byte[] body)
            throws IOException {
        StringBuilder head = new StringBuilder("POST ")
                .append(HookUrl.target(url))
                .append(" HTTP/1.1\r\nHost: ")
                .append(HookUrl.authority(url))
                .append("\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ")
                .append(body.length)
                .append("\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        OutputStream out = socket.getOutputStream();
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
        out.write(body);
        out.flush();
        return firstLine(socket.getInputStream());
    }

    private static Outcome firstLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n' && line.length() < FIRST_LINE_MAX; next = in.read()) {
            line.append((char) next);
        }
        Matcher parts = FIRST_LINE.matcher(line);
        return parts.matches()
                ? new Outcome.Answered(Integer.parseInt(parts.group(1)))
                : new Outcome.Failed("the answer was not HTTP");
    }
}
