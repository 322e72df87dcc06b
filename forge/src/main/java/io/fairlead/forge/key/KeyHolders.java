package io.fairlead.forge.key;

import io.fairlead.forge.identity.UserQueries;
import java.util.Optional;

/** Finds whose a key is. */
public final class KeyHolders {
    private final KeyQueries keys;
    private final UserQueries users;

    public KeyHolders(KeyQueries keys, UserQueries users) {
        this.keys = keys;
        this.users = users;
    }

    /** Notes that a key was used. */
    public void used(String fingerprint) {
        keys.used(fingerprint);
    }

    /** @param fingerprint as {@link SshPublicKey#sha256} */
    public Optional<KeyHolder> of(String fingerprint) {
        Optional<UserKey> personal = keys.userKey(fingerprint);
        if (personal.isPresent()) {
            return users.byId(personal.get().userId()).map(user -> new KeyHolder.Person(user, personal.get()));
        }
        return keys.knowsDeployKey(fingerprint) ? Optional.of(new KeyHolder.Machine(fingerprint)) : Optional.empty();
    }
}
