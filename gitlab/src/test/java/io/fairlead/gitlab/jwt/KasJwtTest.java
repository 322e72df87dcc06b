package io.fairlead.gitlab.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.PlainHeader;
import com.nimbusds.jose.PlainObject;
import com.nimbusds.jose.crypto.MACSigner;
import io.fairlead.base.error.FairleadException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KasJwtTest {
    private static final Instant NOW = Instant.parse("2026-11-23T05:00:00Z");
    private static final byte[] KEY = new byte[64];

    static {
        Arrays.fill(KEY, (byte) 7);
    }

    private final KasSecret secret = KasSecret.ofBytes(KEY, "test");

    private KasJwt at(long seconds) {
        return new KasJwt(secret, Clock.fixed(NOW.plusSeconds(seconds), ZoneOffset.UTC));
    }

    @Test
    void tokenForGitLabLivesThirtySecondsAndBeginsFiveEarlier() {
        String token = at(0).fromKasToGitLab();
        assertThatCode(() -> at(-5).verifyFromKas(token)).doesNotThrowAnyException();
        assertThatCode(() -> at(29).verifyFromKas(token)).doesNotThrowAnyException();
        assertThatThrownBy(() -> at(-6).verifyFromKas(token)).hasMessageContaining("clocks of both sides differ");
        assertThatThrownBy(() -> at(30).verifyFromKas(token)).hasMessageContaining("it ended at 2026-11-23T05:00:30Z");
    }

    @Test
    void tokenForAnotherKasLivesFiveSeconds() {
        String token = at(0).fromKasToKas();
        assertThatCode(() -> at(4).verifyToKas(token)).doesNotThrowAnyException();
        assertThatThrownBy(() -> at(5).verifyToKas(token)).isInstanceOf(JwtRefusedException.class);
    }

    @Test
    void tokenFromGitLabMayHaveAnyIssuer() {
        assertThatCode(() -> at(0).verifyToKas(at(0).fromGitLabToKas("gitlab.example.com")))
                .doesNotThrowAnyException();
    }

    @Test
    void audiencesAreNotExchangeable() {
        assertThatThrownBy(() -> at(0).verifyToKas(at(0).fromKasToGitLab()))
                .hasMessageContaining("its audience is [gitlab] and must be gitlab-kas");
        assertThatThrownBy(() -> at(0).verifyFromKas(at(0).fromKasToKas())).hasMessageContaining("audience");
    }

    @Test
    void acceptsTheStrongerHashesToo() throws Exception {
        for (JWSAlgorithm algorithm : List.of(JWSAlgorithm.HS384, JWSAlgorithm.HS512)) {
            String token = signed(algorithm, Map.of("aud", "gitlab-kas", "exp", NOW.getEpochSecond() + 9));
            assertThatCode(() -> at(0).verifyToKas(token)).doesNotThrowAnyException();
        }
    }

    @Test
    void refusesOtherSecretUnsignedEndlessAndForeignTokens() throws Exception {
        KasJwt other = new KasJwt(KasSecret.ofBytes(new byte[32], "test"), Clock.fixed(NOW, ZoneOffset.UTC));
        assertThatThrownBy(() -> at(0).verifyFromKas(other.fromKasToGitLab())).hasMessageContaining("another secret");
        String unsigned = new PlainObject(new PlainHeader(), new Payload(Map.of("aud", "gitlab-kas"))).serialize();
        assertThatThrownBy(() -> at(0).verifyToKas(unsigned)).isInstanceOf(JwtRefusedException.class);
        String endless = signed(JWSAlgorithm.HS256, Map.of("aud", "gitlab-kas"));
        assertThatThrownBy(() -> at(0).verifyToKas(endless)).hasMessageContaining("no end");
        String foreign =
                signed(JWSAlgorithm.HS256, Map.of("aud", "gitlab", "iss", "me", "exp", NOW.getEpochSecond() + 9));
        assertThatThrownBy(() -> at(0).verifyFromKas(foreign)).hasMessageContaining("its issuer is me");
        for (String text : List.of("", ".", "a.b.c", "..", "x".repeat(10_000))) {
            assertThatThrownBy(() -> at(0).verifyToKas(text)).isInstanceOf(JwtRefusedException.class);
        }
    }

    private static String signed(JWSAlgorithm algorithm, Map<String, Object> claims) throws Exception {
        JWSObject token = new JWSObject(new JWSHeader(algorithm), new Payload(claims));
        token.sign(new MACSigner(KEY));
        return token.serialize();
    }

    @Test
    void secretFileErrorsSayWhatToDo(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("secret");
        assertThatThrownBy(() -> KasSecret.read(file)).hasMessageContaining("check that it exists");
        Files.writeString(file, "hello");
        assertThatThrownBy(() -> KasSecret.read(file))
                .isInstanceOfSatisfying(
                        FairleadException.class, e -> assertThat(e.code()).isEqualTo("secret.malformed"))
                .hasMessageContaining("openssl rand -base64 32")
                .hasMessageNotContaining("hello");
        Files.writeString(file, "aGVsbG8=\n");
        assertThatThrownBy(() -> KasSecret.read(file)).hasMessageContaining("has 5 bytes and needs 32");
    }
}
