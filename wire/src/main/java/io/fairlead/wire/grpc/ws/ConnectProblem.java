package io.fairlead.wire.grpc.ws;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.net.URI;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What can be wrong with the way to kas, each in one sentence that says what to do. All have the code UNAVAILABLE. */
final class ConnectProblem {
    private ConnectProblem() {}

    static StatusRuntimeException tls(ClientCarriage carriage, Throwable cause) {
        String at = carriage.shownAddress();
        for (Throwable e = cause; e != null; e = e.getCause()) {
            String problem = tls(carriage, at, e);
            if (problem != null) {
                return problem(problem, cause);
            }
        }
        return problem("the TLS handshake with %s failed: %s".formatted(at, cause.getMessage()), cause);
    }

    private static @Nullable String tls(ClientCarriage carriage, String at, Throwable e) {
        String text = String.valueOf(e.getMessage());
        return switch (e) {
            case NotSslRecordException x ->
                "%s does not speak TLS; use %s:// instead"
                        .formatted(at, carriage.webSocket().isPresent() ? "ws" : "grpc");
            case ClosedChannelException x ->
                "%s closed the connection during the TLS handshake; does its port speak TLS?".formatted(at);
            case SslHandshakeTimeoutException x ->
                "%s did not finish the TLS handshake in %d s; does the port speak TLS?"
                        .formatted(at, carriage.limits().tls().toSeconds());
            case CertificateExpiredException x ->
                "the certificate of %s has expired, or this machine's clock is wrong".formatted(at);
            case CertificateNotYetValidException x ->
                "the certificate of %s is not valid yet, or this machine's clock is wrong".formatted(at);
            case CertPathBuilderException x -> unknownAuthority(at);
            case CertPathValidatorException x -> unknownAuthority(at);
            default ->
                text.startsWith("No subject alternative") || text.startsWith("No name matching")
                        ? "the certificate of %s is not for the name %s; use a name it was issued for, or set the server name"
                                .formatted(at, carriage.serverName())
                        : null;
        };
    }

    private static String unknownAuthority(String at) {
        return "the certificate of %s is signed by an unknown authority; give the CA's certificate by --ca-cert-file"
                .formatted(at);
    }

    static StatusRuntimeException withoutHttp2(ClientCarriage carriage) {
        return problem("%s does not offer HTTP/2 (ALPN h2); use wss://, which passes proxies that speak HTTP/1.1 only"
                .formatted(carriage.shownAddress()));
    }

    static StatusRuntimeException silent(ClientCarriage carriage) {
        return problem("%s took the connection but did not answer in %d s; is there a proxy that cannot pass %s?"
                .formatted(
                        carriage.shownAddress(),
                        carriage.limits().answer().toSeconds(),
                        carriage.webSocket().isPresent() ? "WebSocket" : "HTTP/2"));
    }

    static StatusRuntimeException http1(ClientCarriage carriage, String line) {
        return problem("%s answered in HTTP/1.1 (%s); if this is kas behind a web proxy use %s://"
                .formatted(
                        carriage.shownAddress(), printable(line), carriage.tls().isPresent() ? "wss" : "ws"));
    }

    static StatusRuntimeException serverSpeaksTls(ClientCarriage carriage) {
        return problem("%s speaks TLS; use %s:// instead"
                .formatted(carriage.shownAddress(), carriage.webSocket().isPresent() ? "wss" : "grpcs"));
    }

    static StatusRuntimeException closedInHandshake(ClientCarriage carriage) {
        return problem("%s closed the connection during the WebSocket handshake; if its port speaks TLS use wss://"
                .formatted(carriage.shownAddress()));
    }

    static StatusRuntimeException notHttp(ClientCarriage carriage) {
        return problem("%s did not answer in HTTP; %s"
                .formatted(
                        carriage.shownAddress(),
                        carriage.tls().isPresent()
                                ? "is this kas's port?"
                                : "if the port speaks TLS use wss://, if it is a gRPC-only port use grpc://"));
    }

    static StatusRuntimeException notWebSocket(ClientCarriage carriage) {
        return problem("%s switched to something that is not the WebSocket asked for; a proxy in between is broken"
                .formatted(carriage.shownAddress()));
    }

    static StatusRuntimeException webSocketClosed(ClientCarriage carriage, int code, String reason) {
        return problem("%s closed the WebSocket with code %d%s"
                .formatted(carriage.shownAddress(), code, reason.isEmpty() ? "" : " (" + reason + ")"));
    }

    /** @param location of a redirect, or empty */
    static StatusRuntimeException status(ClientCarriage carriage, int code, String location) {
        String at = carriage.shownAddress();
        String target = carriage.webSocket().orElseThrow().target();
        return problem(
                switch (code) {
                    case 301, 302, 303, 307, 308 -> redirected(at, target, code, location);
                    case 401, 403 ->
                        "%s refused the WebSocket with status %d; check the agent's token and what stands in front of kas"
                                .formatted(at, code);
                    case 404 ->
                        "%s has nothing at its path %s (status 404); with GitLab's own web server the address is wss://<host>/-/kubernetes-agent/"
                                .formatted(at, target);
                    case 400 ->
                        "%s refused the WebSocket handshake (status 400); %s"
                                .formatted(
                                        at,
                                        carriage.tls().isPresent()
                                                ? "is this kas's address?"
                                                : "if the port speaks TLS use wss://");
                    case 502, 503, 504 ->
                        "the proxy at %s cannot reach kas (status %d); is kas running, and is the path right?"
                                .formatted(at, code);
                    default ->
                        "%s answered the WebSocket handshake with status %d instead of 101; the address is not kas's, or a proxy in between removed the Upgrade header"
                                .formatted(at, code);
                });
    }

    private static String redirected(String at, String target, int code, String location) {
        String shown = shownLocation(location);
        if (location.endsWith(target + "/")) {
            return "%s needs a trailing slash (status %d): use %s/".formatted(at, code, at);
        }
        return "%s redirects (status %d) to %s; redirects are not followed: use the address it leads to"
                .formatted(at, code, shown.isEmpty() ? "nowhere" : shown);
    }

    /** Without user, query and fragment, which may hold secrets, and in a scheme that fits. */
    private static String shownLocation(String location) {
        try {
            URI uri = URI.create(location);
            if (uri.getHost() == null) {
                return printable(String.valueOf(uri.getPath()));
            }
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            String fitting = scheme.equals("https") ? "wss" : scheme.equals("http") ? "ws" : scheme;
            String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
            return printable(fitting + "://" + uri.getHost() + port + uri.getPath());
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private static String printable(String text) {
        return text.replaceAll("[^\\x20-\\x7e]", "?");
    }

    private static StatusRuntimeException problem(String sentence) {
        return Status.UNAVAILABLE.withDescription(sentence).asRuntimeException();
    }

    private static StatusRuntimeException problem(String sentence, Throwable cause) {
        return Status.UNAVAILABLE.withDescription(sentence).withCause(cause).asRuntimeException();
    }
}
