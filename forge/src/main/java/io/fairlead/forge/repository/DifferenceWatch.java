package io.fairlead.forge.repository;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.ObjectChecker;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the objects of one pack as Git does, and at how much of them is in memory: of a tree of differences JGit holds one
 * branch at a time, as deep as the sender likes. How much of that is alive is known to the garbage collector alone, so it is
 * asked when it could be too much.
 */
public final class DifferenceWatch extends ObjectChecker {
    /** Smaller ones are not watched. */
    private static final int WATCHED_BYTES = 256 << 10;

    private final long togetherMax;
    private final List<WeakReference<byte[]>> watched = new ArrayList<>();
    private long bytes;

    public DifferenceWatch(PackBounds bounds) {
        this.togetherMax = bounds.togetherBytes();
    }

    @Override
    public void check(@Nullable AnyObjectId id, int type, byte[] content) throws CorruptObjectException {
        if (content.length > WATCHED_BYTES) {
            watch(content);
        }
        super.check(id, type, content);
    }

    private void watch(byte[] content) throws CorruptObjectException {
        watched.add(new WeakReference<>(content));
        bytes += content.length;
        if (bytes <= togetherMax) {
            return;
        }
        forgetDead();
        if (bytes > togetherMax / 2) {
            // Once for so many bytes, for which one was due anyway.
            System.gc();
            forgetDead();
        }
        if (bytes > togetherMax) {
            throw new CorruptObjectException("the pack's differences need more than " + togetherMax
                    + " bytes of memory at once; push with a smaller pack.depth");
        }
    }

    private void forgetDead() {
        watched.removeIf(reference -> reference.get() == null);
        bytes = watched.stream()
                .map(WeakReference::get)
                .filter(Objects::nonNull)
                .mapToLong(content -> content.length)
                .sum();
    }
}
