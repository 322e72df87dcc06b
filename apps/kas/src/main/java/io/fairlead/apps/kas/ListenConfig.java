package io.fairlead.apps.kas;

import io.fairlead.base.config.ConfigSection;
import io.fairlead.base.config.ListenAddress;
import io.fairlead.wire.tls.PemIdentity;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;

/** The keys that each of kas's listeners has: address and TLS identity. */
public record ListenConfig(InetSocketAddress address, Optional<PemIdentity> identity) {
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
        return new ListenConfig(address, certificate.flatMap(file -> key.map(other -> new PemIdentity(file, other))));
    }
}
