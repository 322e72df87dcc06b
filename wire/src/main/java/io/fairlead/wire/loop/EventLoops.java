package io.fairlead.wire.loop;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event loops of a process, with the socket classes that fit them. Whoever opens or accepts connections takes one;
 * the process's App owns and closes it after everything that uses it.
 *
 * <p>Linux's epoll carries them when its native part is on the class path and loads; else the JDK's selector does, with
 * the same behaviour.
 */
public record EventLoops(
        EventLoopGroup group, Class<? extends ServerChannel> serverChannel, Class<? extends Channel> clientChannel)
        implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EventLoops.class);

    /** How long {@link #close} lets tasks that already run come to their end. */
    private static final long CLOSE_MILLIS_MAX = 5_000;

    /**
     * Starts nothing yet: threads appear with the first connections.
     *
     * @param threads how many loops, at least 1; {@link #ofMachine} knows how many carry most
     * @param name the prefix of the threads' names
     */
    public static EventLoops of(int threads, String name) {
        if (threads < 1) {
            throw new IllegalArgumentException("an event loop group needs at least one thread, not " + threads);
        }
        ThreadFactory factory = new DefaultThreadFactory(name, true);
        return NativeLoops.present() ? NativeLoops.of(threads, factory) : nio(threads, factory);
    }

    /**
     * As many loops as carry most on this machine: one for two processors. A request that passes from loop to loop waits for
     * each to wake, which on two cores costs a third of its time; the other half of the processors is the kernel's, the
     * compiler's and the control plane's.
     */
    public static EventLoops ofMachine(String name) {
        return of((Runtime.getRuntime().availableProcessors() + 1) / 2, name);
    }

    private static EventLoops nio(int threads, ThreadFactory factory) {
        return new EventLoops(
                new MultiThreadIoEventLoopGroup(threads, factory, NioIoHandler.newFactory()),
                NioServerSocketChannel.class,
                NioSocketChannel.class);
    }

    /** As {@link #of}, always on the JDK's selector; for tests that compare the two. */
    static EventLoops ofSelectors(int threads, String name) {
        return nio(threads, new DefaultThreadFactory(name, true));
    }

    /** Closes what is still open and ends the threads, waiting at most 5 seconds. Not to be called on a loop. */
    @Override
    public void close() throws InterruptedException {
        group.shutdownGracefully(0, CLOSE_MILLIS_MAX, TimeUnit.MILLISECONDS);
        if (!group.awaitTermination(CLOSE_MILLIS_MAX + 500, TimeUnit.MILLISECONDS)) {
            log.warn("event loops did not end within {} ms; a task on them blocks", CLOSE_MILLIS_MAX);
        }
    }
}
