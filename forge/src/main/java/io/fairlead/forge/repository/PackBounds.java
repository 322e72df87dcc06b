package io.fairlead.forge.repository;

/**
 * How much memory one pack may have. JGit reserves what a pack claims to hold before it has seen it.
 *
 * @param objects in one pack; each takes some 100 bytes
 * @param objectBytes of one object, be it a file or the result of a difference, which is in memory three times over
 * @param togetherBytes of all results of differences that are in memory at one time
 */
public record PackBounds(long objects, long objectBytes, long togetherBytes) {
    private static final long OBJECT_BYTES_MAX = 2L << 30;

    /** Of this process. */
    public static PackBounds ofThisProcess() {
        return ofHeap(Runtime.getRuntime().maxMemory());
    }

    /** With 820 MB, the heap on a machine of 2 GiB: a million objects, 51 MB for one, 205 MB together. */
    static PackBounds ofHeap(long bytes) {
        return new PackBounds(bytes / 800, Math.min(OBJECT_BYTES_MAX, bytes / 16), bytes / 4);
    }
}
