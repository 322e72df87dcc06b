package io.fairlead.wire.grpc;

import io.fairlead.base.net.TrustedProxies;
import io.fairlead.wire.tls.PemIdentity;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * What one gRPC port is like.
 *
 * @param address where to listen; port 0 takes a free one
 * @param websocket whether gRPC inside WebSocket is served on the same port
 * @param tls the server's identity; cleartext without one
 * @param streamsPerConnectionMax how many calls one connection may have at once; more wait at the client
 * @param serverHeader the {@code Server} header of WebSocket handshakes, such as {@code gitlab-kas/v17.0.0/abc}
 * @param drainGrace how long {@link GrpcListener#close} waits for running calls
 * @param strangers what somebody nobody knows may do
 */
public record GrpcListenerConfig(
        InetSocketAddress address,
        boolean websocket,
        Optional<PemIdentity> tls,
        ConnectionAge age,
        KeepAlive keepAlive,
        int streamsPerConnectionMax,
        String serverHeader,
        Duration drainGrace,
        Strangers strangers) {
    /** An agent holds at most 500 tunnel streams; the rest is for registration, configuration and what comes later. */
    public static final int STREAMS_PER_CONNECTION_DEFAULT = 532;

    /** Ours: a connection with its streams holds some 60 KiB, so these hold 1.2 GiB. */
    public static final int CONNECTIONS_DEFAULT = 20_000;

    /**
     * What somebody may do of whom nothing is known yet.
     *
     * @param connectionsMax how many connections may be open, those in their handshake included; more are closed at once
     * @param trustWithin when a connection is ended that has shown nothing good ({@link ConnectionLife#trust}); empty: never
     * @param trustedProxies whose X-Forwarded-For is believed in a WebSocket's handshake
     */
    public record Strangers(int connectionsMax, Optional<Duration> trustWithin, TrustedProxies trustedProxies) {}

    /** A cleartext port with WebSocket, kas's default ages and keep-alive, 10 seconds of grace. */
    public static GrpcListenerConfig at(InetSocketAddress address) {
        return new GrpcListenerConfig(
                address,
                true,
                Optional.empty(),
                new ConnectionAge(Duration.ofHours(2)),
                KeepAlive.KAS,
                STREAMS_PER_CONNECTION_DEFAULT,
                "fairlead-kas",
                Duration.ofSeconds(10),
                new Strangers(CONNECTIONS_DEFAULT, Optional.empty(), TrustedProxies.NONE));
    }

    public GrpcListenerConfig withWebsocket(boolean allowed) {
        return new GrpcListenerConfig(
                address, allowed, tls, age, keepAlive, streamsPerConnectionMax, serverHeader, drainGrace, strangers);
    }

    public GrpcListenerConfig withTls(PemIdentity identity) {
        return new GrpcListenerConfig(
                address,
                websocket,
                Optional.of(identity),
                age,
                keepAlive,
                streamsPerConnectionMax,
                serverHeader,
                drainGrace,
                strangers);
    }

    public GrpcListenerConfig withAge(ConnectionAge other) {
        return new GrpcListenerConfig(
                address,
                websocket,
                tls,
                other,
                keepAlive,
                streamsPerConnectionMax,
                serverHeader,
                drainGrace,
                strangers);
    }

    public GrpcListenerConfig withKeepAlive(KeepAlive other) {
        return new GrpcListenerConfig(
                address, websocket, tls, age, other, streamsPerConnectionMax, serverHeader, drainGrace, strangers);
    }

    public GrpcListenerConfig withStreamsPerConnectionMax(int max) {
        return new GrpcListenerConfig(
                address, websocket, tls, age, keepAlive, max, serverHeader, drainGrace, strangers);
    }

    public GrpcListenerConfig withServerHeader(String value) {
        return new GrpcListenerConfig(
                address, websocket, tls, age, keepAlive, streamsPerConnectionMax, value, drainGrace, strangers);
    }

    public GrpcListenerConfig withDrainGrace(Duration grace) {
        return new GrpcListenerConfig(
                address, websocket, tls, age, keepAlive, streamsPerConnectionMax, serverHeader, grace, strangers);
    }

    public GrpcListenerConfig withStrangers(Strangers other) {
        return new GrpcListenerConfig(
                address, websocket, tls, age, keepAlive, streamsPerConnectionMax, serverHeader, drainGrace, other);
    }
}
