package io.fairlead.forge.repository;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.TimeZone;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.storage.file.WindowCacheConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;
import org.jspecify.annotations.Nullable;

/**
 * Makes JGit look at nothing but the repository: no configuration of the machine or of whoever started the process, no
 * environment, no {@code git} program. Also bounds what it keeps in memory; both hold for the whole process.
 */
final class IsolatedGit extends SystemReader {
    private static final int OPEN_PACKS_MAX = 64;
    private static final int WINDOW_BYTES = 1 << 20;

    /** Address space, not memory: the pages are the file's. */
    private static final long MAPPED_BYTES = 256L << 20;

    private static final int DELTA_BASE_BYTES = 6 << 20;
    private static final int STREAM_ABOVE_BYTES = 2 << 20;

    private final SystemReader machine;

    private IsolatedGit(SystemReader machine) {
        this.machine = machine;
    }

    static synchronized void install() {
        if (SystemReader.getInstance() instanceof IsolatedGit) {
            return;
        }
        SystemReader.setInstance(new IsolatedGit(SystemReader.getInstance()));
        WindowCacheConfig cache = new WindowCacheConfig();
        cache.setPackedGitOpenFiles(OPEN_PACKS_MAX);
        // Windows on the heap outlive several collections each: a clone of 100 MB left 100 MB to the old generation.
        cache.setPackedGitMMAP(true);
        cache.setPackedGitWindowSize(WINDOW_BYTES);
        cache.setPackedGitLimit(MAPPED_BYTES);
        cache.setDeltaBaseCacheLimit(DELTA_BASE_BYTES);
        cache.setStreamFileThreshold(STREAM_ABOVE_BYTES);
        cache.setExposeStatsViaJmx(false);
        cache.install();
    }

    @Override
    public String getHostname() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    @Override
    @SuppressWarnings("NullAway") // JGit expects null for what is not set.
    public @Nullable String getenv(String variable) {
        return Constants.GIT_CONFIG_NOSYSTEM_KEY.equals(variable) ? "1" : null;
    }

    @Override
    public @Nullable String getProperty(String key) {
        return machine.getProperty(key);
    }

    @Override
    public FileBasedConfig openUserConfig(@Nullable Config parent, FS fs) {
        return new Nothing(parent, fs);
    }

    @Override
    public FileBasedConfig openSystemConfig(@Nullable Config parent, FS fs) {
        return new Nothing(parent, fs);
    }

    @Override
    public FileBasedConfig openJGitConfig(@Nullable Config parent, FS fs) {
        return new Nothing(parent, fs);
    }

    @Override
    @SuppressWarnings({"deprecation", "JavaTimeDefaultTimeZone"})
    public long getCurrentTime() {
        return machine.now().toEpochMilli();
    }

    @Override
    public Instant now() {
        return machine.now();
    }

    @Override
    @SuppressWarnings("deprecation")
    public int getTimezone(long when) {
        return 0;
    }

    @Override
    public TimeZone getTimeZone() {
        return TimeZone.getTimeZone("UTC");
    }

    @Override
    public ZoneId getTimeZoneId() {
        return ZoneId.of("UTC");
    }

    /** A configuration file that has nothing in it and stays so. */
    private static final class Nothing extends FileBasedConfig {
        Nothing(@Nullable Config parent, FS fs) {
            super(parent, new File("none"), fs);
        }

        @Override
        public void load() {}

        @Override
        public void save() throws IOException {}

        @Override
        public boolean isOutdated() {
            return false;
        }
    }
}
