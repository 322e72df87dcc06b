package io.fairlead.wire.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.base.error.FairleadException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalCaTest {
    private static final List<String> NAMES = List.of("localhost", "127.0.0.1", "::1", "Kas.Example");
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path folder;

    @Test
    void issuesAServerCertificateThatItsOwnAuthorityVerifies() throws Exception {
        LocalCa ca = open(START);
        X509Certificate authority = PemFiles.readCertificate(ca.certificateFile());
        X509Certificate server =
                PemFiles.readCertificate(ca.serverIdentity("kas", NAMES).certificate());
        server.verify(authority.getPublicKey());
        assertThat(authority.getBasicConstraints()).isZero();
        assertThat(server.getBasicConstraints()).isEqualTo(-1);
        assertThat(server.getSubjectAlternativeNames().stream()
                        .map(entry -> entry.get(1).toString()))
                .containsExactlyInAnyOrder("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1", "kas.example");
        assertThat(server.getNotAfter().toInstant()).isEqualTo(START.plus(Duration.ofDays(365)));
        assertThat(authority.getNotAfter().toInstant()).isEqualTo(START.plus(Duration.ofDays(3653)));
    }

    @Test
    void keepsItsAuthorityAndACertificateThatIsStillGood() throws Exception {
        byte[] first =
                Files.readAllBytes(open(START).serverIdentity("kas", NAMES).certificate());
        byte[] authority = Files.readAllBytes(folder.resolve("ca.crt"));
        LocalCa again = open(START.plus(Duration.ofDays(300)));
        assertThat(Files.readAllBytes(again.certificateFile())).isEqualTo(authority);
        assertThat(Files.readAllBytes(
                        again.serverIdentity("kas", NAMES.reversed()).certificate()))
                .isEqualTo(first);
    }

    @Test
    void issuesAnewThirtyDaysBeforeTheEnd() throws Exception {
        byte[] first =
                Files.readAllBytes(open(START).serverIdentity("kas", NAMES).certificate());
        LocalCa later = open(START.plus(Duration.ofDays(336)));
        assertThat(Files.readAllBytes(later.serverIdentity("kas", NAMES).certificate()))
                .isNotEqualTo(first);
    }

    @Test
    void issuesAnewForOtherNames() throws Exception {
        LocalCa ca = open(START);
        byte[] first = Files.readAllBytes(ca.serverIdentity("kas", NAMES).certificate());
        assertThat(Files.readAllBytes(
                        ca.serverIdentity("kas", List.of("localhost")).certificate()))
                .isNotEqualTo(first);
    }

    @Test
    void issuesAnewInPlaceOfADamagedCertificate() throws Exception {
        LocalCa ca = open(START);
        PemIdentity identity = ca.serverIdentity("kas", NAMES);
        Files.writeString(identity.key(), "nonsense");
        ca.serverIdentity("kas", NAMES);
        assertThat(PemFiles.readKey(identity.key()).getAlgorithm()).isEqualTo("EC");
    }

    @Test
    void hidesKeysFromOtherUsers() throws Exception {
        PemIdentity identity = open(START).serverIdentity("kas", NAMES);
        for (Path key : List.of(identity.key(), folder.resolve("ca.key"))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void refusesAKeyThatIsNotItsOwn() throws Exception {
        open(START);
        LocalCa other = LocalCa.open(folder.resolve("other"), clock(START));
        Files.copy(
                other.certificateFile(), folder.resolve("ca.crt"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> open(START))
                .isInstanceOf(FairleadException.class)
                .hasMessageContaining("ca.key is not the key of ca.crt")
                .hasMessageContaining(folder.toString());
    }

    @Test
    void beginsAgainWhereAnEarlierAttemptBrokeOff() throws Exception {
        open(START);
        Files.delete(folder.resolve("ca.crt"));
        Files.writeString(folder.resolve("ca.crt.new"), "half");
        assertThat(open(START).serverIdentity("kas", NAMES).certificate()).exists();
    }

    private LocalCa open(Instant now) {
        return LocalCa.open(folder, clock(now));
    }

    private static Clock clock(Instant now) {
        return Clock.fixed(now, ZoneOffset.UTC);
    }
}
