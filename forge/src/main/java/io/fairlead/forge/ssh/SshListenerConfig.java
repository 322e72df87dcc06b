package io.fairlead.forge.ssh;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Limits of the SSH server.
 *
 * @param connectionsMax connections at once of people and keys that have signed in
 * @param connectionsPerHolderMax the same of one person, whatever the key, or with one deploy key
 * @param strangersMax connections at once of which nobody knows yet whose they are
 * @param strangersPerAddressMax the same from one address, or one IPv6 network of 64 bits
 * @param signInMax how long a connection may stay without a name
 * @param idleMax how long a connection may be silent
 * @param commandMax how long one clone or push may take
 */
public record SshListenerConfig(
        InetSocketAddress address,
        int connectionsMax,
        int connectionsPerHolderMax,
        int strangersMax,
        int strangersPerAddressMax,
        Duration signInMax,
        Duration idleMax,
        Duration commandMax) {
    public static SshListenerConfig on(InetSocketAddress address) {
        return new SshListenerConfig(
                address, 500, 100, 100, 50, Duration.ofSeconds(30), Duration.ofMinutes(10), Duration.ofHours(6));
    }
}
