package io.fairlead.base.net;

import io.fairlead.base.config.ConfigSection;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whose word is taken for where a request comes from. A proxy or load balancer connects from its own address and names its
 * client in X-Forwarded-For; anybody else could name whom they like there.
 *
 * @param networks each an address, or a network such as {@code 10.0.0.0/8}
 */
public record TrustedProxies(List<Network> networks) {
    /** Where a proxy says for whom it asks. */
    public static final String HEADER = "X-Forwarded-For";

    private static final String KEY = "trusted_proxies";
    private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

    private static final Pattern WITH_PORT = Pattern.compile(
            "(?:(?<four>[0-9.]{7,15}):[0-9]{1,5}|\\[(?<six>[0-9a-fA-F]{0,4}:[0-9a-fA-F:.]{1,40})](?::[0-9]{1,5})?)");

    /** Nobody's word is taken. */
    public static final TrustedProxies NONE = new TrustedProxies(List.of());

    /** Programs of this machine are believed. */
    public static final TrustedProxies LOOPBACK = of(List.of("127.0.0.0/8", "::1"));

    /** More hops than any real chain has; what is before them is not looked at. */
    private static final int HOPS_MAX = 16;

    public TrustedProxies {
        networks = List.copyOf(networks);
    }

    /** @throws IllegalArgumentException that says which text is no address or network */
    public static TrustedProxies of(List<String> texts) {
        return new TrustedProxies(texts.stream().map(Network::of).toList());
    }

    /** The key {@code trusted_proxies} of a listener, with those that are trusted where it is not set. */
    public static TrustedProxies read(ConfigSection section, TrustedProxies fallback) {
        List<String> standard =
                fallback.networks().stream().map(Network::toString).toList();
        try {
            return of(section.strings(KEY, standard));
        } catch (IllegalArgumentException e) {
            section.problem(KEY, KEY + ": " + e.getMessage());
            return fallback;
        }
    }

    /**
     * From where a request comes: the connection's other end, or while that is a trusted proxy, whom it names.
     *
     * @param forwardedFor all values of X-Forwarded-For in their order; each may hold several, the nearest last
     */
    public InetAddress client(InetAddress peer, List<String> forwardedFor) {
        if (networks.isEmpty() || forwardedFor.isEmpty() || !trusts(peer)) {
            return peer;
        }
        List<String> hops = new ArrayList<>();
        forwardedFor.forEach(value -> hops.addAll(List.of(value.split(",", -1))));
        InetAddress client = peer;
        for (int i = hops.size() - 1; i >= Math.max(0, hops.size() - HOPS_MAX); i--) {
            Optional<InetAddress> named = address(withoutPort(hops.get(i).strip()));
            if (named.isEmpty()) {
                return client;
            }
            client = named.get();
            if (!trusts(client)) {
                return client;
            }
        }
        return client;
    }

    /** Whether anybody's word is taken; if not, nobody's need be looked for. */
    public boolean some() {
        return !networks.isEmpty();
    }

    private boolean trusts(InetAddress address) {
        return networks.stream().anyMatch(network -> network.holds(address));
    }

    /** Some proxies say from which port, too; with it an IPv6 address stands in brackets, and with some without it. */
    private static String withoutPort(String hop) {
        Matcher parts = WITH_PORT.matcher(hop);
        if (!parts.matches()) {
            return hop;
        }
        String six = parts.group("six");
        return six == null ? parts.group("four") : six;
    }

    /** An address written in figures; never a name, which somebody would have to be asked about. */
    private static Optional<InetAddress> address(String text) {
        // Java also takes 10.7 for 10.0.0.7.
        if (text.indexOf(':') < 0 && !IPV4.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * The addresses that begin alike.
     *
     * @param bits in how many leading bits they do
     */
    public record Network(InetAddress first, int bits) {
        static Network of(String text) {
            int slash = text.indexOf('/');
            InetAddress first =
                    address(slash < 0 ? text : text.substring(0, slash)).orElseThrow(() -> noNetwork(text));
            int most = first.getAddress().length * Byte.SIZE;
            if (slash < 0) {
                return new Network(first, most);
            }
            String length = text.substring(slash + 1);
            if (!length.matches("[0-9]{1,3}") || Integer.parseInt(length) > most) {
                throw noNetwork(text);
            }
            return new Network(first, Integer.parseInt(length));
        }

        private static IllegalArgumentException noNetwork(String text) {
            return new IllegalArgumentException(
                    "\"" + text + "\" is neither an address such as 10.0.0.7 nor a network such as 10.0.0.0/8");
        }

        /** As it is configured. */
        @Override
        public String toString() {
            return first.getHostAddress() + "/" + bits;
        }

        boolean holds(InetAddress address) {
            byte[] ours = first.getAddress();
            byte[] theirs = address.getAddress();
            if (ours.length != theirs.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> bit % Byte.SIZE;
                if (((ours[bit / Byte.SIZE] ^ theirs[bit / Byte.SIZE]) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }
    }
}
