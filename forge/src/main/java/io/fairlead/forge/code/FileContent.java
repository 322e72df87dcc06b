package io.fairlead.forge.code;

import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Parameters;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Reads what a request says a file is to hold. */
final class FileContent {
    private FileContent() {}

    /** The bytes of {@code content} by its {@code encoding}; nothing when there is none. */
    static Optional<byte[]> of(Parameters parameters) {
        boolean encoded = parameters
                .oneOf("encoding", List.of("text", "base64"))
                .filter("base64"::equals)
                .isPresent();
        return parameters.text("content").map(text -> encoded ? decoded(text) : text.getBytes(StandardCharsets.UTF_8));
    }

    /** Line ends are allowed, as {@code base64} prints them. */
    private static byte[] decoded(String text) {
        try {
            return Base64.getDecoder().decode(text.replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            throw ApiError.badParameter("content is not valid Base64");
        }
    }
}
