package io.fairlead.forge.git;

import io.fairlead.forge.access.Permission;
import java.util.Arrays;
import java.util.Optional;

/** The two services of Git: sending packs and taking them. */
public enum GitService {
    UPLOAD_PACK("git-upload-pack", Permission.DOWNLOAD_CODE),
    RECEIVE_PACK("git-receive-pack", Permission.PUSH_CODE);

    private final String text;
    private final Permission permission;

    GitService(String text, Permission permission) {
        this.text = text;
        this.permission = permission;
    }

    String text() {
        return text;
    }

    Permission permission() {
        return permission;
    }

    String mediaType(String kind) {
        return "application/x-" + text + "-" + kind;
    }

    public static Optional<GitService> of(String text) {
        return Arrays.stream(values())
                .filter(service -> service.text.equals(text))
                .findFirst();
    }
}
