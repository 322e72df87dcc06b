package io.fairlead.apps.kas;

import io.fairlead.base.config.ConfigSection;
import io.fairlead.base.env.Environment;
import io.fairlead.store.valkey.ValkeyConfig;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * What a kas needs that is one of several: the keys {@code redis} and {@code private_api.listen}, and GitLab's variables
 * about its own address.
 *
 * @param registry where the several kas find each other
 * @param listen where the others call this one
 * @param secretFile the secret their calls are signed with, Base64; the same with all of them
 * @param caFile authorities for the others' certificates
 * @param serverName what their certificates name
 * @param ownUrl how the others reach this one; empty: by the address it listens on
 */
public record SeveralConfig(
        ValkeyConfig registry,
        ListenConfig listen,
        Path secretFile,
        Optional<Path> caFile,
        Optional<String> serverName,
        Duration connectionAgeMax,
        Optional<URI> ownUrl) {
    private static final Set<String> SCHEMES = Set.of("grpc", "grpcs");
    private static final int DATABASES_MAX = 1_000_000;

    /** Empty when no registry is configured: this kas is the only one then. */
    static Optional<SeveralConfig> read(ConfigSection root, Environment environment) {
        ConfigSection redis = root.section("redis");
        if (!redis.present()) {
            root.unused("private_api", "without redis this kas is the only one and has no other to talk to");
            return Optional.empty();
        }
        ConfigSection listen = root.section("private_api").section("listen");
        listen.unused("listen_grace_period", "this listener has agent.listen's");
        ListenConfig address = ListenConfig.read(listen, "127.0.0.1:8155");
        Optional<String> serverName = environment.value("OWN_PRIVATE_API_HOST");
        return Optional.of(new SeveralConfig(
                registry(redis),
                address,
                listen.path("authentication_secret_file", true).orElse(Path.of("")),
                listen.path("ca_certificate_file", false),
                serverName,
                listen.duration("max_connection_age", Duration.ofHours(2), Duration.ofSeconds(1)),
                ownUrl(listen, address, environment, serverName)));
    }

    private static Optional<URI> ownUrl(
            ConfigSection listen, ListenConfig address, Environment environment, Optional<String> serverName) {
        if (environment.value("OWN_PRIVATE_API_CIDR").isPresent()) {
            listen.problem("address", "OWN_PRIVATE_API_CIDR is not supported; set OWN_PRIVATE_API_URL");
        }
        if (address.identity().isPresent() && serverName.isEmpty()) {
            listen.problem(
                    "certificate_file",
                    "with TLS the others must know what name the certificate has: set OWN_PRIVATE_API_HOST");
        }
        Optional<String> url = environment.value("OWN_PRIVATE_API_URL");
        if (url.isEmpty()) {
            if (address.address().getAddress() != null
                    && address.address().getAddress().isAnyLocalAddress()) {
                listen.problem(
                        "address",
                        "the others cannot reach a wildcard address: set OWN_PRIVATE_API_URL, as in grpc://10.0.0.7:8155");
            }
            return Optional.empty();
        }
        try {
            URI own = URI.create(url.get());
            if (own.getScheme() != null && SCHEMES.contains(own.getScheme()) && own.getHost() != null) {
                return Optional.of(own);
            }
        } catch (IllegalArgumentException e) {
            // Told below, like every other text that is no such URL.
        }
        listen.problem("address", "OWN_PRIVATE_API_URL is \"" + url.get() + "\" and must be as grpc://10.0.0.7:8155");
        return Optional.empty();
    }

    private static ValkeyConfig registry(ConfigSection redis) {
        for (String key : new String[] {"pool_size", "read_timeout", "idle_timeout"}) {
            redis.unused(key, "one connection serves all");
        }
        if (redis.has("sentinel")) {
            redis.problem("sentinel", "Sentinel is not supported yet; set redis.server.address");
            redis.unused("sentinel", "it is not supported yet");
        }
        if (!redis.string("network", "tcp").equals("tcp")) {
            redis.problem("network", "only tcp is supported");
        }
        ConfigSection server = redis.section("server");
        Optional<InetSocketAddress> address = server.reachedAt("address", "redis.example.com:6379");
        if (address.isEmpty() && !redis.has("sentinel")) {
            server.problem("address", "it must be set, as in redis.example.com:6379");
        }
        ConfigSection tls = redis.section("tls");
        ValkeyConfig.Tls secured = new ValkeyConfig.Tls(
                tls.path("ca_certificate_file", false),
                tls.path("certificate_file", false),
                tls.path("key_file", false));
        boolean enabled = tls.bool("enabled", false);
        return new ValkeyConfig(
                address.map(InetSocketAddress::getHostString).orElse("127.0.0.1"),
                address.map(InetSocketAddress::getPort).orElse(0),
                redis.integer("database_index", 0, 0, DATABASES_MAX),
                redis.string("key_prefix", "gitlab-kas"),
                redis.string("username"),
                redis.path("password_file", false),
                enabled ? Optional.of(secured) : Optional.empty(),
                redis.duration("dial_timeout", Duration.ofSeconds(5), Duration.ofMillis(1)),
                redis.duration("write_timeout", Duration.ofSeconds(3), Duration.ofMillis(1)));
    }
}
