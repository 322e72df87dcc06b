package io.fairlead.forge.hook;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.testing.property.Property;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HookAddressesTest {
    private static boolean isPublic(String address) throws UnknownHostException {
        return HookAddresses.isPublic(InetAddress.getByName(address));
    }

    @Test
    void onlyThePublicInternetIsPublic() throws Exception {
        for (String local : List.of(
                "127.0.0.1",
                "127.9.9.9",
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "100.127.255.255",
                "192.0.0.1",
                "192.0.2.1",
                "198.18.0.1",
                "198.51.100.1",
                "203.0.113.1",
                "224.0.0.1",
                "240.0.0.1",
                "255.255.255.255",
                "::1",
                "::",
                "fe80::1",
                "fc00::1",
                "fd12::1",
                "ff02::1",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "64:ff9b::7f00:1",
                "2002:7f00:1::",
                "2001:0:7f00:1::",
                "2001:db8::1",
                "3fff::1",
                "3fff:fff:ffff::1")) {
            assertThat(isPublic(local)).as(local).isFalse();
        }
        for (String open :
                List.of("1.1.1.1", "93.184.215.14", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "3fff:1000::1")) {
            assertThat(isPublic(open)).as(open).isTrue();
        }
    }

    @Test
    void noAddressOfThisMachineIsCalled() throws Exception {
        for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            for (InetAddress address : Collections.list(each.getInetAddresses())) {
                assertThat(HookAddresses.isOurs(address)).as("%s", address).isTrue();
                assertThat(HookAddresses.PUBLIC_ONLY.allows(address)).isFalse();
                assertThat(HookAddresses.ALSO_LOCAL.allows(address)).isTrue();
            }
        }
        assertThat(HookAddresses.isOurs(InetAddress.ofLiteral("1.1.1.1"))).isFalse();
        assertThat(HookAddresses.PUBLIC_ONLY.allows(InetAddress.ofLiteral("1.1.1.1")))
                .isTrue();
    }

    @Test
    void nothingThatNamesAServiceOfTheMachineOrASecretIsAnAddress() {
        for (String wrong : List.of(
                "",
                "x",
                "ftp://x",
                "http://",
                "http:///x",
                "http://u:p@x",
                "http://x:22",
                "http://x:70000",
                "http://x/\u00e4",
                "http://x\r\nA: b",
                "javascript:alert(1)",
                "http://x:0",
                "//x")) {
            assertThat(HookUrl.read(wrong)).as(wrong).isEmpty();
        }
        URI url = HookUrl.read("https://hooks.example.com/a?b=c").orElseThrow();
        assertThat(HookUrl.target(url)).isEqualTo("/a?b=c");
        assertThat(HookUrl.authority(HookUrl.read("http://x:8080").orElseThrow()))
                .isEqualTo("x:8080");
        Property.holds(any -> HookUrl.read(any.text()).ifPresent(read -> {
            assertThat(HookUrl.target(read)).startsWith("/").doesNotContainPattern("[\\s\\p{Cntrl}]");
            assertThat(HookUrl.authority(read)).doesNotContainPattern("[\\s\\p{Cntrl}/@]");
        }));
    }

    @Test
    void aFilterWithStarsMatchesAsAnExpressionWould() {
        Property.holds(any -> {
            String filter = any.joined(5, List.of("a", "b", "*", "/", "."));
            String branch = any.joined(6, List.of("a", "b", "/", "."));
            Hook hook = new Hook(
                    1,
                    1,
                    new Hook.Settings(
                            URI.create("http://x"),
                            Optional.empty(),
                            Optional.empty(),
                            null,
                            null,
                            true,
                            true,
                            true,
                            filter),
                    0,
                    null,
                    Instant.EPOCH);
            String expression = filter.replace(".", "\\.").replace("*", ".*");
            assertThat(hook.tells(branch)).isEqualTo(filter.isEmpty() || branch.matches(expression));
        });
    }

    @Test
    void whatFailsRestsLongerAndLonger() {
        assertThat(Hook.rest(3)).isEmpty();
        assertThat(Hook.rest(4)).contains(Duration.ofMinutes(1));
        assertThat(Hook.rest(6)).contains(Duration.ofMinutes(4));
        assertThat(Hook.rest(39)).contains(Duration.ofDays(1));
    }
}
