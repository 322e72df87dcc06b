package io.fairlead.apps.forge;

import io.fairlead.base.config.ConfigSection;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * The keys below {@code ssh}, which the server and the forge share.
 *
 * @param listen where Git is served over SSH
 * @param external how clients reach that; none: on the host of the external URL, by the port it listens on
 */
public record SshKeys(InetSocketAddress listen, Optional<InetSocketAddress> external) {
    /** Beside the machine's own SSH server. */
    public static final int PORT = 2222;

    public static SshKeys read(ConfigSection root) {
        ConfigSection ssh = root.section("ssh");
        return new SshKeys(
                ssh.address("address", "127.0.0.1:" + PORT), ssh.reachedAt("external_address", "forge.example.com:22"));
    }
}
