package io.fairlead.forge.ssh;

import io.fairlead.base.error.FairleadException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.Iterator;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.util.security.SecurityUtils;

/** The key by which clients know this server again, as {@code ssh-keygen} writes private keys. */
public final class HostKey {
    private HostKey() {}

    /** A new key, as the text of a file. */
    public static String generate() {
        try {
            KeyPair pair =
                    SecurityUtils.getKeyPairGenerator(SecurityUtils.ED25519).generateKeyPair();
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(pair, "fairlead", null, text);
            return text.toString(StandardCharsets.US_ASCII);
        } catch (GeneralSecurityException | IOException e) {
            throw new FairleadException("ssh.host-key", "no SSH host key could be made: " + e.getMessage(), e);
        }
    }

    /**
     * Reads what {@link #generate} or {@code ssh-keygen} without a passphrase wrote.
     *
     * @param name of the file, for errors
     */
    static KeyPair read(String name, String text) {
        try {
            Iterator<KeyPair> keys = SecurityUtils.loadKeyPairIdentities(
                            null,
                            NamedResource.ofName(name),
                            new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)),
                            FilePasswordProvider.EMPTY)
                    .iterator();
            if (keys.hasNext()) {
                return keys.next();
            }
            throw new IOException("there is no private key in it");
        } catch (GeneralSecurityException | IOException | RuntimeException e) {
            throw new FairleadException(
                    "ssh.host-key",
                    "the SSH host key " + name + " cannot be read: " + e.getMessage()
                            + "; restore it, or delete it for a new one, which clients will not trust",
                    e);
        }
    }
}
