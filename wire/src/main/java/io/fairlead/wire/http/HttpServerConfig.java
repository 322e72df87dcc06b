package io.fairlead.wire.http;

import io.fairlead.base.net.TrustedProxies;
import io.fairlead.wire.tls.PemIdentity;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * What one HTTP port is like.
 *
 * @param address where to listen; port 0 takes a free one
 * @param identity with which it speaks TLS; without one, clear text
 * @param trustedProxies whose word is taken for where a request comes from
 * @param drainTimeout how long running requests may take when the server closes
 */
public record HttpServerConfig(
        InetSocketAddress address,
        Optional<PemIdentity> identity,
        TrustedProxies trustedProxies,
        HttpLimits limits,
        Duration drainTimeout) {
    /** In clear text, with no proxy before it, the usual limits and 10 seconds to drain. */
    public static HttpServerConfig at(InetSocketAddress address) {
        return new HttpServerConfig(
                address, Optional.empty(), TrustedProxies.NONE, HttpLimits.DEFAULT, Duration.ofSeconds(10));
    }

    public HttpServerConfig withIdentity(Optional<PemIdentity> other) {
        return new HttpServerConfig(address, other, trustedProxies, limits, drainTimeout);
    }

    public HttpServerConfig withTrustedProxies(TrustedProxies other) {
        return new HttpServerConfig(address, identity, other, limits, drainTimeout);
    }

    public HttpServerConfig withLimits(HttpLimits other) {
        return new HttpServerConfig(address, identity, trustedProxies, other, drainTimeout);
    }

    public HttpServerConfig withDrainTimeout(Duration other) {
        return new HttpServerConfig(address, identity, trustedProxies, limits, other);
    }
}
