package io.fairlead.apps.kas;

import io.fairlead.base.config.ConfigSection;
import io.fairlead.base.config.ListenAddress;
import io.fairlead.base.net.TrustedProxies;
import io.fairlead.wire.tls.PemIdentity;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The keys that each of kas's listeners has.
 *
 * @param identity with which it speaks TLS; without one, clear text
 * @param trustedProxies whose word is taken for where a client connects from
 */
public record ListenConfig(InetSocketAddress address, Optional<PemIdentity> identity, TrustedProxies trustedProxies) {
    /** In clear text and with no proxy before it. */
    public static ListenConfig plain(InetSocketAddress address) {
        return new ListenConfig(address, Optional.empty(), TrustedProxies.NONE);
    }

    /** Maps them. */
    public static ListenConfig read(ConfigSection section, String defaultAddress) {
        InetSocketAddress address = ListenAddress.read(section, defaultAddress);
        Optional<Path> certificate = section.path("certificate_file", false);
        Optional<Path> key = section.path("key_file", false);
        if (certificate.isPresent() != key.isPresent()) {
            section.problem(
                    certificate.isPresent() ? "certificate_file" : "key_file",
                    "certificate_file and key_file belong together: set both or none");
        }
        return new ListenConfig(
                address,
                certificate.flatMap(file -> key.map(other -> new PemIdentity(file, other))),
                TrustedProxies.NONE);
    }

    /** Maps {@code trusted_proxies} besides, for listeners that proxies may stand before. */
    public ListenConfig behindProxies(ConfigSection section, TrustedProxies fallback) {
        return new ListenConfig(address, identity, TrustedProxies.read(section, fallback));
    }
}
