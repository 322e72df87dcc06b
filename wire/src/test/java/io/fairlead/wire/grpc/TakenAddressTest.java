package io.fairlead.wire.grpc;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.base.error.FairleadException;
import io.fairlead.wire.loop.EventLoops;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TakenAddressTest {
    @Test
    void isNamedByTheListenerThatCannotHaveIt() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                EventLoops loops = EventLoops.of(1, "test")) {
            InetSocketAddress taken = new InetSocketAddress("localhost", other.getLocalPort());
            GrpcListener listener =
                    new GrpcListener(GrpcListenerConfig.at(taken), loops, List.of(), List.of(), new Random(1));

            assertThatThrownBy(listener::start)
                    .isInstanceOf(FairleadException.class)
                    .hasMessageContaining("gRPC on localhost:" + taken.getPort())
                    .extracting(error -> ((FairleadException) error).code())
                    .isEqualTo("listen.address-in-use");
        }
    }
}
