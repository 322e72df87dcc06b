package io.fairlead.forge.key;

import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Parameters;

/** What requests say of keys. */
final class KeyText {
    private KeyText() {}

    /** The parameter {@code key}. */
    static SshPublicKey key(Parameters parameters) {
        return SshPublicKey.parse(parameters.requiredText("key"))
                .orElseThrow(() -> ApiError.invalid(
                        "key",
                        "must be a public SSH key in one line: ssh-ed25519, ecdsa-sha2-nistp256, -384 or -521, their sk-"
                                + " forms, or ssh-rsa of 2048 bits and more"));
    }
}
