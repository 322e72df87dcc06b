package io.fairlead.forge.repository;

import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.pack.PackConfig;

/** How packs are made, be it for a client or to tidy up: with one thread and little memory each, since several are made at once. */
public final class PackSettings {
    private static final long DELTA_MEMORY = 16L << 20;
    private static final int BIG_FILE = 4 << 20;

    private PackSettings() {}

    public static PackConfig of(Repository repository) {
        PackConfig config = new PackConfig(repository);
        config.setThreads(1);
        config.setDeltaSearchMemoryLimit(DELTA_MEMORY);
        config.setBigFileThreshold(BIG_FILE);
        return config;
    }
}
