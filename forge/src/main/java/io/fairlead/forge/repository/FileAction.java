package io.fairlead.forge.repository;

import java.util.Optional;

/**
 * What a commit is to do with one file.
 *
 * @param lastCommitId the commit that the caller believes changed the file last; another one means that it did not see the
 *     newest
 */
public record FileAction(Kind kind, String path, Optional<String> lastCommitId) {
    /** Which of them. */
    public sealed interface Kind {
        /** The file must not be there. */
        record Create(byte[] content, boolean executable) implements Kind {}

        /** The file must be there. */
        record Update(byte[] content, Optional<Boolean> executable) implements Kind {}

        record Delete() implements Kind {}

        /** @param content new content, nothing to keep what was there */
        record Move(String previousPath, Optional<byte[]> content) implements Kind {}

        record Chmod(boolean executable) implements Kind {}
    }
}
