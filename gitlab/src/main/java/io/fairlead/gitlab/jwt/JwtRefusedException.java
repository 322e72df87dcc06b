package io.fairlead.gitlab.jwt;

import io.fairlead.base.error.FairleadException;

/** A token was not accepted; the message says why and holds no part of it that is secret. */
public final class JwtRefusedException extends FairleadException {
    private static final long serialVersionUID = 1;

    JwtRefusedException(String reason) {
        super("jwt.refused", "the JWT was refused: " + reason);
    }
}
