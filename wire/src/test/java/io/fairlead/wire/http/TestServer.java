package io.fairlead.wire.http;

import io.fairlead.base.net.TrustedProxies;
import io.fairlead.testing.RawSocket;
import io.fairlead.wire.loop.EventLoops;
import io.fairlead.wire.tls.LocalCa;
import io.fairlead.wire.tls.PemIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A server with {@link Site} on a free port of loopback, in clear text and over TLS. */
final class TestServer implements AutoCloseable {
    final Site site = new Site();
    final EventLoops loops = EventLoops.of(2, "test-http");
    final LocalCa ca;
    private final HttpServer plain;
    private final HttpServer secure;
    private @Nullable SSLContext client;

    TestServer(Path folder) throws Exception {
        this(folder, HttpLimits.DEFAULT);
    }

    TestServer(Path folder, HttpLimits limits) throws Exception {
        ca = LocalCa.open(folder.resolve("ca"), Clock.systemUTC());
        plain = server(Optional.empty(), limits);
        secure = server(Optional.of(ca.serverIdentity("test", List.of("localhost", "127.0.0.1"))), limits);
        plain.start();
        secure.start();
    }

    private HttpServer server(Optional<PemIdentity> identity, HttpLimits limits) {
        return new HttpServer(
                new HttpServerConfig(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        identity,
                        TrustedProxies.of(List.of("127.0.0.1")),
                        limits,
                        Duration.ofSeconds(5)),
                loops,
                site);
    }

    HttpServer server(boolean tls) {
        return tls ? secure : plain;
    }

    InetSocketAddress address(boolean tls) {
        return server(tls).address();
    }

    RawSocket connect(boolean tls) throws Exception {
        return tls ? RawSocket.connectTls(address(true), client()) : RawSocket.connect(address(false));
    }

    private SSLContext client() throws Exception {
        if (client == null) {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            try (InputStream in = Files.newInputStream(ca.certificateFile())) {
                trusted.setCertificateEntry(
                        "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            client = SSLContext.getInstance("TLS");
            client.init(null, trust.getTrustManagers(), null);
        }
        return client;
    }

    @Override
    public void close() throws InterruptedException, IOException {
        plain.close();
        secure.close();
        loops.close();
    }
}
