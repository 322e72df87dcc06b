package io.fairlead.wire.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EventLoopsTest {
    static Stream<Supplier<EventLoops>> kinds() {
        return Stream.of(() -> EventLoops.of(1, "test"), () -> EventLoops.ofSelectors(1, "test"));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void carriesAConnectionWithTheClassesItNames(Supplier<EventLoops> kind) throws Exception {
        EventLoops loops = kind.get();
        try (loops) {
            Channel server = new ServerBootstrap()
                    .group(loops.group())
                    .channel(loops.serverChannel())
                    .childHandler(new ChannelInboundHandlerAdapter())
                    .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .sync()
                    .channel();
            Channel client = new Bootstrap()
                    .group(loops.group())
                    .channel(loops.clientChannel())
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect(server.localAddress())
                    .sync()
                    .channel();
            assertThat(client.isActive()).isTrue();
        }
        assertThat(loops.group().isTerminated()).isTrue();
    }

    @Test
    void refusesAGroupWithoutThreads() {
        assertThatThrownBy(() -> EventLoops.of(0, "test"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least one thread, not 0");
    }
}
