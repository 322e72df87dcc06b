package io.fairlead.store.postgresql;

import io.fairlead.base.error.FairleadException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where the password is. It is read for each connection, so that a new one is used without a restart. */
record PasswordFile(Path file) {
    private static final int BYTES_MAX = 4096;

    /** The file's text without the line end behind it. */
    String read() {
        try {
            if (Files.size(file) > BYTES_MAX) {
                throw unreadable("it has more than " + BYTES_MAX + " bytes, which no password has", null);
            }
            String password = Files.readString(file, StandardCharsets.UTF_8).replaceFirst("\\R$", "");
            if (password.isEmpty()) {
                throw unreadable("it is empty", null);
            }
            return password;
        } catch (IOException e) {
            throw unreadable(e.toString(), e);
        }
    }

    private FairleadException unreadable(String why, @Nullable IOException cause) {
        return new FairleadException(
                "store.password-unreadable",
                "the database's password cannot be read from " + file + ": " + why
                        + "; write the password there and let only Fairlead's user read it",
                cause);
    }
}
