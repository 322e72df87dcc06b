package io.fairlead.forge.key;

import io.fairlead.forge.identity.User;

/** Whose an SSH key is. Who it is and what they may do are different questions; this answers the first. */
public sealed interface KeyHolder {
    /** The same for all keys of one person: what is counted for each holder cannot be multiplied by adding keys. */
    String counted();

    /** A person, perhaps one who is blocked or whose key has expired. */
    record Person(User user, UserKey key) implements KeyHolder {
        @Override
        public String counted() {
            return "person " + user.id();
        }
    }

    /**
     * A machine; what it may do is said project by project.
     *
     * @param fingerprint as {@link SshPublicKey#sha256}
     */
    record Machine(String fingerprint) implements KeyHolder {
        @Override
        public String counted() {
            return "key " + fingerprint;
        }
    }
}
