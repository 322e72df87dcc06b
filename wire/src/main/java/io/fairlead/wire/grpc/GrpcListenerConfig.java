package io.fairlead.wire.grpc;

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
 * @param connectionsMax how many connections may be open, those in their handshake included; more are closed at once
 * @param trustWithin when a connection is ended that has shown nothing good ({@link ConnectionLife#trust}); empty: never
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
        int connectionsMax,
        Optional<Duration> trustWithin) {
    /** An agent holds at most 500 tunnel streams; the rest is for registration, configuration and what comes later. */
    public static final int STREAMS_PER_CONNECTION_DEFAULT = 532;

    /** Ours: a connection with its streams holds some 60 KiB, so these hold 1.2 GiB. */
    public static final int CONNECTIONS_DEFAULT = 20_000;

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
                CONNECTIONS_DEFAULT,
                Optional.empty());
    }

    public GrpcListenerConfig withWebsocket(boolean allowed) {
        return new GrpcListenerConfig(
                address,
                allowed,
                tls,
                age,
                keepAlive,
                streamsPerConnectionMax,
                serverHeader,
                drainGrace,
                connectionsMax,
                trustWithin);
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
                connectionsMax,
                trustWithin);
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
                connectionsMax,
                trustWithin);
    }

    public GrpcListenerConfig withKeepAlive(KeepAlive other) {
        return new GrpcListenerConfig(
                address,
                websocket,
                tls,
                age,
                other,
                streamsPerConnectionMax,
                serverHeader,
                drainGrace,
                connectionsMax,
                trustWithin);
    }

    public GrpcListenerConfig withStreamsPerConnectionMax(int max) {
        return new GrpcListenerConfig(
                address, websocket, tls, age, keepAlive, max, serverHeader, drainGrace, connectionsMax, trustWithin);
    }

    public GrpcListenerConfig withServerHeader(String value) {
        return new GrpcListenerConfig(
                address,
                websocket,
                tls,
                age,
                keepAlive,
                streamsPerConnectionMax,
                value,
                drainGrace,
                connectionsMax,
                trustWithin);
    }

    public GrpcListenerConfig withDrainGrace(Duration grace) {
        return new GrpcListenerConfig(
                address,
                websocket,
                tls,
                age,
                keepAlive,
                streamsPerConnectionMax,
                serverHeader,
                grace,
                connectionsMax,
                trustWithin);
    }

    public GrpcListenerConfig withConnectionsMax(int max) {
        return new GrpcListenerConfig(
                address,
                websocket,
                tls,
                age,
                keepAlive,
                streamsPerConnectionMax,
                serverHeader,
                drainGrace,
                max,
                trustWithin);
    }

    public GrpcListenerConfig withTrustWithin(Duration time) {
        return new GrpcListenerConfig(
                address,
                websocket,
                tls,
                age,
                keepAlive,
                streamsPerConnectionMax,
                serverHeader,
                drainGrace,
                connectionsMax,
                Optional.of(time));
    }
}
