package io.fairlead.cli.forge;

import io.fairlead.base.env.Environment;
import java.nio.file.Path;

/** Where the all-in-one server keeps everything unless it is told otherwise. */
public final class DataFolder {
    private DataFolder() {}

    /** {@code FAIRLEAD_DATA_DIR}, else {@code fairlead} below the XDG data folder. */
    public static Path of(Environment environment) {
        return environment
                .value("FAIRLEAD_DATA_DIR")
                .map(Path::of)
                .orElseGet(() -> environment
                        .value("XDG_DATA_HOME")
                        .map(Path::of)
                        .orElseGet(() -> Path.of(environment.value("HOME").orElse("."), ".local", "share"))
                        .resolve("fairlead"));
    }

    /** The file the server writes there when it is ready, whatever other ready file it is asked for. */
    public static Path readyFile(Path dataFolder) {
        return dataFolder.resolve("ready.json");
    }
}
