package io.fairlead.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test class that leaves buffers behind. The build runs Netty's leak detection in its paranoid mode. */
public final class NoLeaks implements BeforeAllCallback, AfterAllCallback {
    private static final int ROUNDS = 3;

    @Override
    public void beforeAll(ExtensionContext context) {
        collect();
        LeakDetector.forget();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        collect();
        assertThat(LeakDetector.leaks()).as("buffers that were not released").isEmpty();
    }

    private static void collect() {
        for (int i = 0; i < ROUNDS; i++) {
            System.gc();
            // Netty looks for leaks when it hands out a buffer.
            ByteBuf probe = PooledByteBufAllocator.DEFAULT.directBuffer(1);
            probe.release();
        }
    }
}
