package io.fairlead.store.postgresql;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How a connection to the server is protected; names and meanings are libpq's. */
public enum SslMode {
    /** In clear text. */
    DISABLE,
    /** Encrypted when the server can, to whoever answers. */
    PREFER,
    /** Encrypted, to whoever answers. */
    REQUIRE,
    /** Encrypted, to a server whose certificate a known authority signed. */
    VERIFY_CA,
    /** The same, and the certificate is for this host. */
    VERIFY_FULL;

    /** As it is written in configurations: {@code verify-full}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Optional<SslMode> of(String text) {
        return Arrays.stream(values()).filter(mode -> mode.text().equals(text)).findFirst();
    }

    public static List<String> texts() {
        return Arrays.stream(values()).map(SslMode::text).toList();
    }

    boolean verifies() {
        return this == VERIFY_CA || this == VERIFY_FULL;
    }
}
