package io.fairlead.forge.repository;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.lib.ObjectChecker;

/** Paths of files within a repository. */
public final class RepositoryPaths {
    private static final int BYTES_MAX = 4_096;

    private RepositoryPaths() {}

    /**
     * Whether Git on every system takes this as the path of a file: no empty, dot or {@code .git} parts, nor backslashes,
     * which part folders on some.
     */
    public static boolean valid(String path) {
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0
                || bytes.length > BYTES_MAX
                || path.chars().anyMatch(c -> c < ' ' || c == 127 || c == '\\')
                || Arrays.asList(path.split("/", -1)).contains("")) {
            return false;
        }
        try {
            ObjectChecker checker = new ObjectChecker().setSafeForMacOS(true).setSafeForWindows(true);
            checker.checkPath(bytes, 0, bytes.length);
            return true;
        } catch (CorruptObjectException e) {
            return false;
        }
    }
}
