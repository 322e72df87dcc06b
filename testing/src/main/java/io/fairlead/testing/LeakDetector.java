package io.fairlead.testing;

import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what Netty finds leaked, for {@link NoLeaks}. The build names it in io.netty.customResourceLeakDetector. */
public final class LeakDetector<T> extends ResourceLeakDetector<T> {
    private static final List<String> LEAKS = new CopyOnWriteArrayList<>();

    public LeakDetector(Class<?> resourceType, int samplingInterval) {
        super(resourceType, samplingInterval);
    }

    public LeakDetector(Class<?> resourceType, int samplingInterval, long unused) {
        super(resourceType, samplingInterval);
    }

    static List<String> leaks() {
        return List.copyOf(LEAKS);
    }

    static void forget() {
        LEAKS.clear();
    }

    @Override
    protected boolean needReport() {
        return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
        LEAKS.add(resourceType + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
        LEAKS.add(resourceType);
    }
}
