package io.fairlead.forge.key;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.testing.property.Property;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Keys and fingerprints are those of ssh-keygen (OpenSSH 9.2). */
class SshPublicKeyTest {
    private static final String ED25519 =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINydCMw+VP9TQY9EzcilT8/JK4FhHHbKhh1zLG/5mB4/ flux@host";
    private static final String RSA =
            "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCeEXIpLyCttkJWTYxhyVrjZVEvTYS93pI9C2WZUoQ8uTk41a9/Xd"
                    + "KAS5CL/Z3S3it6x9IUuZ/J4tArAXLtm/pVL2mugZOD0InlD6UFPAfLvEqXW2Zj2D4ksCXRew8bUwAt8HRmi3IsmvN+"
                    + "JuN5OxrfDegTyg7hMf61YfiN1N/cL7y4ruZNslU1mFWPpKibDJvKfNTmdZ6EPEwGtpI1twUGV1OwrAnBc00eoW2Rl9"
                    + "7Dah6Lv4vc9JOJ24qyBpWX/yhvmuHSqVvcr/ZjQ7B6c41zXY9Vp90ZzD3yGO7xr+JuMD4kXre+NxG0NNSr+zun69OQ"
                    + "lz/qwDfWbTkspuwrWFBB flux@host";
    private static final String ECDSA =
            "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBKPjeg10Vojx8wGfTc"
                    + "P1m2jBzvyBSxgYptS5nzv55qmD5KgskMWWyiMV7MsM6roF9v3tzgBVgtvN2kfjtSPAWrI= flux@host";
    private static final String RSA_OF_1024_BITS =
            "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC3IaQWZOLhJ5qUzV7XdUAUa4rRKUXH51z4oRrBnPPMZa7UCsttdW"
                    + "5NA9ncyqzqN9XD+ZddOT7/6blLT5l5hRUExurZGpeKOhZuBquAqSlZw0bD+xc2EbdhXmTJuLpTDvsazVOV2sJUIiEO"
                    + "sv7akxEZ0wXSNUlhz3F9ELsP8biQgQ== root@vm";

    @Test
    void readsWhatSshKeygenWritesAndKnowsItsFingerprints() {
        SshPublicKey key = SshPublicKey.parse(ED25519 + "\n").orElseThrow();
        assertThat(key.comment()).isEqualTo("flux@host");
        assertThat(key.text()).isEqualTo(ED25519.substring(0, ED25519.lastIndexOf(' ')));
        assertThat(key.sha256()).isEqualTo("ViMiuMnkfoZuawRDiC0TYu2zXy6hsAWGxw2V1KSuNcw");
        assertThat(key.md5()).isEqualTo("b0:91:2b:25:15:12:27:e6:08:09:0e:1c:6b:dc:96:ef");
        assertThat(SshPublicKey.parse(RSA).orElseThrow().sha256())
                .isEqualTo("MsrvgYtkTFbH+/YQVi+4hLF3Apjh5v5T7LJPlEd8Mcw");
        assertThat(SshPublicKey.parse(ECDSA).orElseThrow().sha256())
                .isEqualTo("r/8M3fuEUheS9pTQIZByDH2H69RRAwwax1Ekw2XIDZk");
    }

    @Test
    void refusesWeakAndBrokenKeys() {
        String base64 = ED25519.split(" ")[1];
        for (String bad : List.of(
                "",
                "ssh-ed25519",
                base64,
                "ssh-dss " + base64,
                "ssh-rsa " + base64,
                "ssh-ed25519 " + base64.substring(0, base64.length() - 4),
                "ssh-ed25519 " + base64 + "AAAA",
                "ssh-ed25519 !" + base64.substring(1),
                RSA_OF_1024_BITS,
                ED25519 + "\n" + RSA,
                "-----BEGIN OPENSSH PRIVATE KEY-----",
                "ssh-ed25519 " + "A".repeat(20_000))) {
            assertThat(SshPublicKey.parse(bad)).as(bad).isEmpty();
        }
    }

    @Test
    void anyTextIsReadOrRefused() {
        Property.holds(any -> {
            byte[] bytes = ByteBuffer.allocate(200)
                    .putInt(any.of(11, 11, 11, any.integer()))
                    .put("ssh-ed25519".getBytes(StandardCharsets.US_ASCII))
                    .putInt(any.of(32, any.integer(-1, 40)))
                    .put(any.bytes(40))
                    .array();
            String base64 = Base64.getEncoder().encodeToString(java.util.Arrays.copyOf(bytes, any.integer(0, 200)));
            for (String text : List.of(any.text(), "ssh-ed25519 " + base64, "ssh-rsa " + any.text())) {
                SshPublicKey.parse(text)
                        .ifPresent(key -> assertThat(SshPublicKey.parse(key.text()))
                                .contains(new SshPublicKey(key.type(), key.base64(), "")));
            }
        });
    }
}
