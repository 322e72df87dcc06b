package io.fairlead.forge.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.base.ids.RandomIds;
import io.fairlead.base.net.TrustedProxies;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.Caller;
import io.fairlead.forge.api.Gate;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.RateLimit;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.api.Router;
import io.fairlead.testing.RawSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AnonymousRateTest {
    @Test
    void allAddressesOfAnIpv6NetworkCountAsOne() throws Exception {
        Gate gate = (_, _, _) -> new Gate.Admission(new Caller.Anonymous(), new Gate.Subject.None());
        List<Route> routes =
                List.of(Route.api(Method.GET, "/open", Access.anyone(), _ -> Reply.ok(Map.of("open", true))));
        Router router = new Router(routes, gate, new RateLimit(2, () -> Instant.EPOCH), RandomIds.secure());
        try (HttpListener listener = new HttpListener(
                HttpListenerConfig.on(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), TrustedProxies.LOOPBACK),
                router,
                _ -> false)) {
            listener.start();
            assertThat(status(listener, "2001:db8:1:2::1")).isEqualTo(200);
            assertThat(status(listener, "2001:db8:1:2::2")).isEqualTo(200);
            assertThat(status(listener, "2001:db8:1:2:3:4:5:6")).isEqualTo(429);
            assertThat(status(listener, "2001:db8:1:3::1")).isEqualTo(200);
            assertThat(status(listener, "198.51.100.1")).isEqualTo(200);
        }
    }

    private static int status(HttpListener listener, String client) throws IOException {
        try (RawSocket socket = RawSocket.connect(listener.address())) {
            return socket.send("GET /api/v4/open HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: " + client + "\r\n\r\n")
                    .readAnswer()
                    .status();
        }
    }
}
