package io.fairlead.wire.grpc;

import io.fairlead.base.error.FairleadException;
import io.fairlead.wire.grpc.KasAddress.Scheme;
import java.net.IDN;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads one address. By hand, because {@link java.net.URI} cannot say what is wrong with one. */
final class KasAddressParser {
    private static final Pattern WHOLE = Pattern.compile("([a-zA-Z][a-zA-Z0-9+.-]*):([/\\\\]*)(.*)");
    private static final Pattern HOST_AND_PORT = Pattern.compile("(\\[[^\\]]*\\]|[^:]*)(?::(.*))?");
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]*[a-z0-9])?\\.?");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-f:.]*:[0-9a-f:.]*");
    private static final Pattern PATH = Pattern.compile("/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*");
    private static final int TEXT_MAX = 2048;
    private static final int PORT_MAX = 65_535;

    /** The path at which GitLab's web server has kas; without its last slash it redirects. */
    private static final String GITLAB_PATH = "/-/kubernetes-agent";

    private final String text;

    KasAddressParser(String text) {
        this.text = text.strip();
    }

    KasAddress parse() {
        if (text.isEmpty()) {
            throw unusable("is empty", "write for example wss://kas.example.com/ or grpc://kas.example.com:8150");
        }
        if (text.length() > TEXT_MAX) {
            throw unusable("is longer than " + TEXT_MAX + " characters", "check what was given");
        }
        Matcher whole = WHOLE.matcher(text);
        if (!whole.matches() || looksLikeHostAndPort(whole)) {
            throw unusable(
                    "has no scheme",
                    "write wss://%1$s for WebSocket over TLS or grpcs://%1$s for gRPC".formatted(rest()));
        }
        Scheme scheme = scheme(whole.group(1).toLowerCase(Locale.ROOT), whole.group(3));
        if (!whole.group(2).equals("//")) {
            throw unusable("must have two slashes after the scheme", "write " + scheme + "://" + shown(whole.group(3)));
        }
        return address(scheme, whole.group(3));
    }

    private static boolean looksLikeHostAndPort(Matcher whole) {
        return whole.group(2).isEmpty() && whole.group(3).matches("[0-9]+(/.*)?");
    }

    private Scheme scheme(String written, String rest) {
        return switch (written) {
            case "grpc" -> Scheme.GRPC;
            case "grpcs" -> Scheme.GRPCS;
            case "ws", "http" -> Scheme.WS;
            case "wss", "https" -> Scheme.WSS;
            case "grpc+tls", "grpc+ssl", "h2" -> throw wrongScheme(written, Scheme.GRPCS, rest);
            case "tcp", "dns", "h2c", "passthrough" -> throw wrongScheme(written, Scheme.GRPC, rest);
            default -> throw wrongScheme(written, Scheme.WSS, rest);
        };
    }

    private KasAddress address(Scheme scheme, String rest) {
        if (rest.indexOf('?') >= 0 || rest.indexOf('#') >= 0) {
            throw unusable("has a query or a fragment", "write only scheme, host, port and path");
        }
        int slash = rest.indexOf('/');
        String authority = slash < 0 ? rest : rest.substring(0, slash);
        String path = slash < 0 ? "/" : rest.substring(slash);
        if (authority.indexOf('@') >= 0) {
            throw unusable(
                    "names a user", "leave out the part up to the @; the agent's token goes into its token file");
        }
        Matcher hostAndPort = HOST_AND_PORT.matcher(authority);
        if (!hostAndPort.matches()) {
            throw unusable("has no usable host", "an IPv6 address is written in brackets: " + scheme + "://[::1]/");
        }
        String host = host(scheme, hostAndPort.group(1));
        int port = Optional.ofNullable(hostAndPort.group(2)).map(this::port).orElse(scheme.defaultPort());
        return new KasAddress(scheme, host, port, path(scheme, host, port, path));
    }

    private String host(Scheme scheme, String written) {
        if (written.isEmpty()) {
            throw unusable("has no host", "write " + scheme + "://kas.example.com");
        }
        String host = written.toLowerCase(Locale.ROOT);
        if (host.startsWith("[")) {
            String inner = host.endsWith("]") ? host.substring(1, host.length() - 1) : "";
            if (!IPV6.matcher(inner).matches()) {
                throw unusable("has no IPv6 address in its brackets", "write for example " + scheme + "://[::1]/");
            }
            return inner;
        }
        if (host.indexOf('_') >= 0) {
            throw unusable("has an underscore in its host, which no DNS name can have", "give kas a name without one");
        }
        String ascii;
        try {
            ascii = IDN.toASCII(host, IDN.ALLOW_UNASSIGNED);
        } catch (IllegalArgumentException e) {
            throw unusable("has no usable host", "check the name between // and the next slash");
        }
        if (!NAME.matcher(ascii).matches()) {
            throw unusable("has no usable host", "check the name between // and the next slash");
        }
        return ascii;
    }

    private int port(String written) {
        // A colon with nothing behind it cannot be told from a forgotten port.
        int port = written.matches("[0-9]{1,5}") ? Integer.parseInt(written) : 0;
        if (port < 1 || port > PORT_MAX) {
            throw unusable("has no usable port", "a port is a number from 1 to " + PORT_MAX);
        }
        return port;
    }

    private String path(Scheme scheme, String host, int port, String written) {
        if (!PATH.matcher(written).matches()) {
            throw unusable("has characters in its path that must be percent-encoded", "check the part after the host");
        }
        if (scheme.webSocket()) {
            return written.endsWith(GITLAB_PATH) ? written + "/" : written;
        }
        if (!written.matches("/*")) {
            Scheme other = scheme.tls() ? Scheme.WSS : Scheme.WS;
            throw unusable(
                    "has a path, which gRPC cannot use",
                    "write %s to reach kas behind a web server, or leave the path out"
                            .formatted(new KasAddress(
                                    other, host, port == scheme.defaultPort() ? other.defaultPort() : port, written)));
        }
        return "/";
    }

    /** What may follow a scheme, guessed from an address without one. */
    private String rest() {
        String bare = text.replaceFirst("^[:/\\\\]+", "");
        return shown(bare);
    }

    private static String shown(String part) {
        return part.isEmpty() || hidden(part) ? "<host>" : part;
    }

    private FairleadException wrongScheme(String written, Scheme likely, String rest) {
        return unusable(
                "begins with " + written + "://, which kas does not speak",
                "use grpc, grpcs, ws or wss; perhaps " + likely + "://" + shown(rest));
    }

    private FairleadException unusable(String problem, String fix) {
        String shown = hidden(text) || text.length() > TEXT_MAX ? "" : " \"" + text + "\"";
        return new FairleadException("kas-address.unusable", "the kas address" + shown + " " + problem + "; " + fix);
    }

    /** Whether {@code part} may hold a password and is therefore not to be repeated. */
    private static boolean hidden(String part) {
        return part.indexOf('@') >= 0 || part.indexOf('?') >= 0;
    }
}
