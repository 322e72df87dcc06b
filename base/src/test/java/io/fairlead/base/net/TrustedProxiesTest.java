package io.fairlead.base.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {
    private static final TrustedProxies OURS = TrustedProxies.of(List.of("10.0.0.0/8", "192.0.2.7", "2001:db8::/33"));

    @ParameterizedTest
    @CsvSource({
        "203.0.113.9, 198.51.100.1, 203.0.113.9",
        "10.1.2.3, 198.51.100.1, 198.51.100.1",
        "10.1.2.3, '198.51.100.1, 192.0.2.7', 198.51.100.1",
        "10.1.2.3, '1.1.1.1, 198.51.100.1', 198.51.100.1",
        "10.1.2.3, '1.1.1.1, nonsense', 10.1.2.3",
        "10.1.2.3, '1.1.1.1, nonsense, 10.9.9.9', 10.9.9.9",
        "10.1.2.3, 'example.com', 10.1.2.3",
        "10.1.2.3, '', 10.1.2.3",
        "10.1.2.3, 10.0.0.5, 10.0.0.5",
        "10.1.2.3, 9.9.9.9:1234, 9.9.9.9",
        "10.1.2.3, '9.9.9.9:1234, 10.0.0.5:80', 9.9.9.9",
        "10.1.2.3, '[2a00::1]:44', 2a00:0:0:0:0:0:0:1",
        "10.1.2.3, '[2a00::1]', 2a00:0:0:0:0:0:0:1",
        "10.1.2.3, '9.9.9.9, [2a00::1', 10.1.2.3",
        "10.1.2.3, '9.9.9.9, 8.8.8.8:', 10.1.2.3",
        "10.1.2.3, '9.9.9.9, [8.8.8.8]', 10.1.2.3",
        "10.1.2.3, '9.9.9.9, 999.1.1.1:80', 10.1.2.3",
        "10.1.2.3, '9.9.9.9, unknown:80', 10.1.2.3",
        "11.1.2.3, 198.51.100.1, 11.1.2.3",
        "192.0.2.8, 198.51.100.1, 192.0.2.8",
        "2001:db8:7fff::1, 2001:db8:8000::5, 2001:db8:8000:0:0:0:0:5",
        "2001:db8:8000::1, 198.51.100.1, 2001:db8:8000:0:0:0:0:1",
    })
    void theNearestThatIsNoTrustedProxyIsTheClient(String peer, String forwardedFor, String client) {
        assertThat(OURS.client(InetAddress.ofLiteral(peer), List.of(forwardedFor))
                        .getHostAddress())
                .isEqualTo(client);
    }

    @Test
    void severalFieldsAreOneList() {
        assertThat(OURS.client(InetAddress.ofLiteral("10.0.0.1"), List.of("198.51.100.1", "10.0.0.2")))
                .isEqualTo(InetAddress.ofLiteral("198.51.100.1"));
    }

    @Test
    void aLongChainIsLookedAtOnlyInPart() {
        String chain = "198.51.100.1" + ", 10.0.0.3".repeat(100);

        assertThat(OURS.client(InetAddress.ofLiteral("10.0.0.1"), List.of(chain)))
                .isEqualTo(InetAddress.ofLiteral("10.0.0.3"));
    }

    @Test
    void nobodyIsTrustedUnasked() {
        InetAddress loopback = InetAddress.getLoopbackAddress();

        assertThat(TrustedProxies.NONE.client(loopback, List.of("198.51.100.1")))
                .isEqualTo(loopback);
        assertThat(TrustedProxies.LOOPBACK.client(loopback, List.of("198.51.100.1")))
                .isEqualTo(InetAddress.ofLiteral("198.51.100.1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "example.com", "10.0.0", "::1/129", "1.2.3.4/8/9"
            })
    void whatIsNoNetworkIsSaid(String text) {
        assertThatThrownBy(() -> TrustedProxies.of(List.of(text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + text + "\"");
    }

    @Test
    void networksAreShownAsTheyAreConfigured() {
        assertThat(TrustedProxies.LOOPBACK.networks())
                .extracting(Object::toString)
                .containsExactly("127.0.0.0/8", "0:0:0:0:0:0:0:1/128");
    }

    @Test
    void anIpv6ClientIsItsNetwork() {
        String one = ClientSource.of(new InetSocketAddress("2001:db8:1:2:3:4:5:6", 7));

        assertThat(one)
                .isEqualTo("2001:db8:1:2:0:0:0:0/64")
                .isEqualTo(ClientSource.of(InetAddress.ofLiteral("2001:db8:1:2::9")));
        assertThat(ClientSource.of(new InetSocketAddress("192.0.2.1", 7))).isEqualTo("192.0.2.1");
        assertThat(ClientSource.of((java.net.SocketAddress) null)).isEqualTo("this process");
    }
}
