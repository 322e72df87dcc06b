package io.fairlead.forge.git;

import java.util.Arrays;
import java.util.Optional;

/** The two services of Git over HTTP. */
enum GitService {
    UPLOAD_PACK("git-upload-pack"),
    RECEIVE_PACK("git-receive-pack");

    private final String text;

    GitService(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    String mediaType(String kind) {
        return "application/x-" + text + "-" + kind;
    }

    static Optional<GitService> of(String text) {
        return Arrays.stream(values())
                .filter(service -> service.text.equals(text))
                .findFirst();
    }
}
