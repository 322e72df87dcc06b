package io.fairlead.wire.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class PrivateKeyPemTest {
    /** What stands before the PKCS#1 key inside the PKCS#8 form of an RSA key of 2048 bits. */
    private static final int HEAD_BYTES = 26;

    @Test
    void turnsPkcs1IntoTheSameKeyAsPkcs8() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        byte[] pkcs8 = generator.generateKeyPair().getPrivate().getEncoded();
        String pkcs1 = pem("RSA PRIVATE KEY", Arrays.copyOfRange(pkcs8, HEAD_BYTES, pkcs8.length));

        String text = PrivateKeyPem.pkcs8(pkcs1).replaceAll("-----[A-Z ]+-----", "");

        assertThat(Base64.getMimeDecoder().decode(text)).isEqualTo(pkcs8);
    }

    @Test
    void leavesPkcs8AsItIsAndNamesTheWayOutForSec1() {
        String key = pem("PRIVATE KEY", new byte[100]);

        assertThat(PrivateKeyPem.pkcs8(key)).isEqualTo(key);
        assertThatThrownBy(() -> PrivateKeyPem.pkcs8(pem("EC PRIVATE KEY", new byte[100])))
                .hasMessageContaining("openssl pkcs8");
    }

    @Test
    void readsKeysOfEveryAlgorithmThatServersUse() throws Exception {
        for (String algorithm : new String[] {"EC", "RSA", "EdDSA"}) {
            PrivateKey key =
                    KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPrivate();
            String text = "Bag Attributes\n" + pem("PRIVATE KEY", key.getEncoded());

            assertThat(PrivateKeyPem.readable(text)).isTrue();
            assertThat(PrivateKeyPem.read(text)).isEqualTo(key);
        }
        assertThat(PrivateKeyPem.readable(pem("ENCRYPTED PRIVATE KEY", new byte[100])))
                .isFalse();
    }

    private static String pem(String kind, byte[] content) {
        return "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END " + kind
                + "-----\n";
    }
}
