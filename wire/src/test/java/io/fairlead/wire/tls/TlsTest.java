package io.fairlead.wire.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.tls.TrustedCertificates;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every pairing of the JDK's TLS with BoringSSL. */
class TlsTest {
    private static final String PAIRS = "JDK, JDK";

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({PAIRS, "JDK, OPENSSL", "OPENSSL, JDK", "OPENSSL, OPENSSL"})
    void agreeOnHttp2AndTls13(SslProvider serverSide, SslProvider clientSide) throws Exception {
        SSLEngine client = client(clientSide, Optional.of(ca().certificateFile()), false, "localhost", List.of("h2"));
        shakeHands(client, server(serverSide, List.of("h2", "http/1.1")));
        assertThat(client.getApplicationProtocol()).isEqualTo("h2");
        assertThat(client.getSession().getProtocol()).isEqualTo("TLSv1.3");
    }

    @ParameterizedTest
    @CsvSource({PAIRS, "JDK, OPENSSL", "OPENSSL, JDK", "OPENSSL, OPENSSL"})
    void agreeOnTls12WithAForwardSecretSuite(SslProvider serverSide, SslProvider clientSide) throws Exception {
        SSLEngine client = client(clientSide, Optional.of(ca().certificateFile()), false, "localhost", List.of());
        client.setEnabledProtocols(new String[] {"TLSv1.2"});
        shakeHands(client, server(serverSide, List.of("h2")));
        assertThat(client.getSession().getCipherSuite()).startsWith("TLS_ECDHE_ECDSA_");
        assertThat(String.valueOf(client.getApplicationProtocol())).isIn("", "null");
    }

    @ParameterizedTest
    @CsvSource({PAIRS, "OPENSSL, OPENSSL"})
    void refuseAnUnknownAuthority(SslProvider serverSide, SslProvider clientSide) throws Exception {
        SSLEngine client = client(clientSide, Optional.empty(), false, "localhost", List.of("h2"));
        SSLEngine server = server(serverSide, List.of("h2"));
        assertThatThrownBy(() -> shakeHands(client, server)).isInstanceOf(SSLException.class);
    }

    @Test
    void trustTheRuntimesAuthoritiesBesideTheGivenOne() throws Exception {
        X509ExtendedTrustManager both = TrustedCertificates.manager(ca().certificateFile());
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        X509Certificate root = ((X509TrustManager) factory.getTrustManagers()[0]).getAcceptedIssuers()[0];
        both.checkServerTrusted(new X509Certificate[] {root}, "RSA");

        Path other = LocalCa.open(folder.resolve("other"), Clock.systemUTC()).certificateFile();
        X509Certificate stranger = (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(Files.newInputStream(other));
        assertThatThrownBy(() -> both.checkServerTrusted(new X509Certificate[] {stranger}, "EC"))
                .isInstanceOf(CertificateException.class);
    }

    @ParameterizedTest
    @CsvSource({PAIRS, "OPENSSL, OPENSSL"})
    void refuseAnotherName(SslProvider serverSide, SslProvider clientSide) throws Exception {
        SSLEngine client = client(clientSide, Optional.of(ca().certificateFile()), false, "other.example", List.of());
        SSLEngine server = server(serverSide, List.of("h2"));
        assertThatThrownBy(() -> shakeHands(client, server)).isInstanceOf(SSLException.class);
    }

    @ParameterizedTest
    @CsvSource({PAIRS, "OPENSSL, OPENSSL"})
    void takeAnythingWhenToldTo(SslProvider serverSide, SslProvider clientSide) throws Exception {
        SSLEngine client = client(clientSide, Optional.empty(), true, "other.example", List.of("h2"));
        shakeHands(client, server(serverSide, List.of("h2")));
        assertThat(client.getApplicationProtocol()).isEqualTo("h2");
    }

    @Test
    void usesBoringSslWhenItsNativePartIsThere() {
        assertThat(TlsRules.provider()).isEqualTo(SslProvider.OPENSSL);
    }

    @Test
    void namesTheFileThatCannotBeRead() {
        PemIdentity absent = new PemIdentity(folder.resolve("no.crt"), folder.resolve("no.key"));
        assertThatThrownBy(() -> ServerTls.context(absent, List.of()))
                .isInstanceOf(FairleadException.class)
                .hasMessageContaining("no.crt");
        assertThatThrownBy(() -> ClientTls.context(Optional.of(folder.resolve("no.pem")), false, List.of()))
                .isInstanceOf(FairleadException.class)
                .hasMessageContaining("no.pem");
    }

    @Test
    void namesFilesThatAreNotWhatTheyMustBe() throws Exception {
        PemIdentity identity = identity();
        Path empty = Files.writeString(folder.resolve("empty.pem"), "");
        assertThatThrownBy(() -> ServerTls.context(new PemIdentity(empty, identity.key()), List.of()))
                .isInstanceOf(FairleadException.class)
                .hasMessageContaining("empty.pem");
        assertThatThrownBy(() -> ServerTls.context(new PemIdentity(identity.certificate(), empty), List.of()))
                .isInstanceOf(FairleadException.class)
                .hasMessageContaining("empty.pem");
        assertThatThrownBy(() -> ClientTls.context(Optional.of(empty), false, List.of()))
                .isInstanceOf(FairleadException.class)
                .hasMessageContaining("empty.pem");
    }

    @Test
    void readsAnIdentityWhoseFilesHoldMoreThanTheyMust() throws Exception {
        PemIdentity own = identity();
        String both = Files.readString(own.key()) + "some words\n" + Files.readString(own.certificate());
        Path file = Files.writeString(folder.resolve("both.pem"), both);
        SSLEngine client = client(SslProvider.JDK, Optional.of(ca().certificateFile()), false, "localhost", List.of());
        SslContext context = ServerTls.context(new PemIdentity(file, file), List.of());
        shakeHands(client, context.newEngine(ByteBufAllocator.DEFAULT));
        assertThat(client.getSession().getProtocol()).isEqualTo("TLSv1.3");
    }

    private LocalCa ca() {
        return LocalCa.open(folder.resolve("ca"), Clock.systemUTC());
    }

    private PemIdentity identity() {
        return ca().serverIdentity("kas", List.of("localhost"));
    }

    private SSLEngine server(SslProvider provider, List<String> alpn) {
        SslContext context = ServerTls.context(identity(), alpn, provider);
        return context.newEngine(ByteBufAllocator.DEFAULT);
    }

    private static SSLEngine client(
            SslProvider provider, Optional<Path> caFile, boolean skip, String name, List<String> alpn) {
        return ClientTls.context(caFile, skip, alpn, provider).newEngine(ByteBufAllocator.DEFAULT, name, 443);
    }

    /** Both engines in turns until neither has more to say. */
    private static void shakeHands(SSLEngine client, SSLEngine server) throws SSLException {
        ByteBuffer toServer = ByteBuffer.allocate(1 << 16);
        ByteBuffer toClient = ByteBuffer.allocate(1 << 16);
        client.beginHandshake();
        server.beginHandshake();
        for (int turn = 0; turn < 100; turn++) {
            step(client, toServer, toClient);
            step(server, toClient, toServer);
        }
        if (client.getHandshakeStatus() != SSLEngineResult.HandshakeStatus.NOT_HANDSHAKING) {
            throw new SSLException("the handshake did not come to its end: " + client.getHandshakeStatus() + " "
                    + server.getHandshakeStatus());
        }
    }

    private static void step(SSLEngine engine, ByteBuffer out, ByteBuffer in) throws SSLException {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
        switch (engine.getHandshakeStatus()) {
            case NEED_WRAP -> engine.wrap(ByteBuffer.allocate(0), out);
            case NEED_UNWRAP, NEED_UNWRAP_AGAIN, NOT_HANDSHAKING -> {
                // Also with nothing new: BoringSSL keeps bytes of its own that it may go on with.
                in.flip();
                engine.unwrap(in, ByteBuffer.allocate(1 << 16));
                in.compact();
            }
            case NEED_TASK, FINISHED -> {}
        }
    }
}
