package io.fairlead.apps.kas;

import io.fairlead.base.config.ConfigSection;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The keys below {@code agent.audit}: where the record of each request goes. GitLab's kas has no such keys.
 *
 * @param enabled whether there are records at all
 * @param file of this machine; absent: the forge keeps them
 * @param fileMegabytesMax when the file becomes {@code FILE.1}
 */
public record AuditConfig(boolean enabled, Optional<Path> file, int fileMegabytesMax) {
    static final AuditConfig DEFAULT = new AuditConfig(true, Optional.empty(), 256);

    private static final int MEGABYTES_MAX = 1_000_000;

    static AuditConfig read(ConfigSection section) {
        return new AuditConfig(
                section.bool("enabled", DEFAULT.enabled),
                section.path("file", false),
                section.integer("file_megabytes_max", DEFAULT.fileMegabytesMax, 1, MEGABYTES_MAX));
    }
}
