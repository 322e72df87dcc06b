package io.fairlead.wire.loop;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import java.util.concurrent.ThreadFactory;

/** All that names epoll's classes, apart from {@link EventLoops} so that those classes may be missing. */
final class NativeLoops {
    private NativeLoops() {}

    static boolean present() {
        try {
            return Epoll.isAvailable();
        } catch (NoClassDefFoundError e) {
            // Not even the Java half is on the class path. Our own images and packages have it.
            return false;
        }
    }

    static EventLoops of(int threads, ThreadFactory factory) {
        return new EventLoops(
                new MultiThreadIoEventLoopGroup(threads, factory, EpollIoHandler.newFactory()),
                EpollServerSocketChannel.class,
                EpollSocketChannel.class);
    }
}
