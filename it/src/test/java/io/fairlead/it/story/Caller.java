package io.fairlead.it.story;

import io.fairlead.base.json.Json;
import io.fairlead.testing.line.Line;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import tools.jackson.databind.JsonNode;

/** Plain HTTPS requests to the Kubernetes proxy, for what kubectl would hide. */
final class Caller implements AutoCloseable {
    private final Line line;
    private final HttpClient client;

    Caller(Line line) {
        this.line = line;
        this.client = HttpClient.newBuilder()
                .sslContext(trusting(line.caFile()))
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(2))
                .build();
    }

    /**
     * An answer of the proxy.
     *
     * @param code of HTTP; 0 when no connection was made or it was cut
     */
    record Answer(int code, String body) {
        boolean passed() {
            return code == 200;
        }

        /** The message, when the body is a Kubernetes Status as it has to be. */
        String statusMessage() {
            JsonNode status = Json.tree(body);
            if (!status.path("kind").asString("").equals("Status")
                    || status.path("code").asInt() != code) {
                throw new AssertionError("no Status of code " + code + ": " + body);
            }
            return status.path("message").asString();
        }
    }

    Answer get(String path) {
        return get(path, "Bearer " + line.credential());
    }

    Answer get(String path, String authorization) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(line.proxyUrl() + path))
                .timeout(Duration.ofSeconds(40))
                .header("Authorization", authorization)
                .build();
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (IOException e) {
            return new Answer(0, String.valueOf(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** The page at a clear-text address of this machine, such as a process's metrics. */
    static String plain(String url) {
        try (InputStream in = URI.create(url).toURL().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static SSLContext trusting(Path caFile) {
        try (InputStream in = Files.newInputStream(caFile)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("ca", certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
