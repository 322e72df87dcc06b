package io.fairlead.forge.ssh;

import io.fairlead.forge.database.DatabaseUnavailableException;
import io.fairlead.forge.key.KeyHolder;
import io.fairlead.forge.key.KeyHolders;
import java.io.IOException;
import java.security.PublicKey;
import java.util.Optional;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.auth.pubkey.PublickeyAuthenticator;
import org.apache.sshd.server.session.ServerSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whose key a client shows. The library checks the signature after each of these questions, so the key of the
 * last question is the one that was proven.
 */
final class KeySignIn implements PublickeyAuthenticator {
    /** The one name that everybody gives, as with GitLab: the key says who it is. */
    static final String USER = "git";

    private static final Logger log = LoggerFactory.getLogger(KeySignIn.class);
    /** The key that a connection signed in with, as {@link #holder} finds it. */
    static final AttributeKey<String> FINGERPRINT = new AttributeKey<>();

    /** Whose that key is, as {@link KeyHolder#counted}. */
    static final AttributeKey<String> HOLDER = new AttributeKey<>();

    private static final AttributeKey<Boolean> TOLD = new AttributeKey<>();
    private static final String DIGEST_PREFIX = "SHA256:";

    private final KeyHolders holders;

    KeySignIn(KeyHolders holders) {
        this.holders = holders;
    }

    /** Who signed in, looked up anew: since then the key may have been removed. */
    Optional<KeyHolder> holder(ServerSession session) {
        Optional<String> fingerprint = Optional.ofNullable(session.getAttribute(FINGERPRINT));
        fingerprint.ifPresent(holders::used);
        return fingerprint.flatMap(holders::of);
    }

    @Override
    public boolean authenticate(String username, PublicKey key, ServerSession session) {
        session.removeAttribute(FINGERPRINT);
        session.removeAttribute(HOLDER);
        if (!username.equals(USER)) {
            tell(session, "Fairlead: sign in as \"git\": ssh://git@HOST/GROUP/PROJECT.git");
            return false;
        }
        if (key instanceof OpenSshCertificate) {
            return false;
        }
        String fingerprint = KeyUtils.getFingerPrint(BuiltinDigests.sha256, key).substring(DIGEST_PREFIX.length());
        Optional<KeyHolder> holder;
        try {
            holder = holders.of(fingerprint);
            if (holder.isEmpty()) {
                log.debug("the SSH key {} is nobody's", fingerprint);
                tell(session, "Fairlead: nobody has added the key " + DIGEST_PREFIX + fingerprint);
                return false;
            }
        } catch (DatabaseUnavailableException e) {
            log.warn("an SSH key could not be looked up: {} ({})", e.getMessage(), e.code());
            tell(session, "Fairlead: the database does not answer, try again in a moment");
            return false;
        }
        session.setAttribute(FINGERPRINT, fingerprint);
        session.setAttribute(HOLDER, holder.get().counted());
        return true;
    }

    /** Once for each connection: clients with many keys would hear it many times. */
    private static void tell(ServerSession session, String sentence) {
        if (session.setAttribute(TOLD, true) != null) {
            return;
        }
        try {
            Buffer banner = session.createBuffer(SshConstants.SSH_MSG_USERAUTH_BANNER);
            banner.putString(sentence + "\r\n");
            banner.putString("en");
            session.writePacket(banner);
        } catch (IOException e) {
            log.debug("a client left before it was told why it is refused", e);
        }
    }
}
