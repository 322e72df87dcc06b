package io.fairlead.base.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ConfigValuesTest {
    @Test
    void readsDurationsOfEveryUnit() {
        assertThat(ConfigDurations.parse("300s")).contains(Duration.ofMinutes(5));
        assertThat(ConfigDurations.parse("1h30m")).contains(Duration.ofMinutes(90));
        assertThat(ConfigDurations.parse("0.5s")).contains(Duration.ofMillis(500));
        assertThat(ConfigDurations.parse("250ms")).contains(Duration.ofMillis(250));
        assertThat(ConfigDurations.parse("0")).contains(Duration.ZERO);
    }

    @Test
    void refusesWhatIsNotADuration() {
        assertThat(List.of("", "5", "s", "5x", "-5s", "5s ", "5 s", "99999999999999999999h", "999999999999h"))
                .allSatisfy(text -> assertThat(ConfigDurations.parse(text)).isEmpty());
    }

    @Test
    void readsBackTheDurationsItWrites() {
        long max = 1_000_000_000_000L;
        LongStream borders = LongStream.of(0, 1, 999, 1_000, 1_001, 59_999, 60_000, 3_600_000, 86_400_000, max);
        LongStream.concat(borders, new Random(20_260_101).longs(1_000, 0, max)).forEach(millis -> {
            Duration duration = Duration.ofMillis(millis);
            assertThat(ConfigDurations.parse(ConfigDurations.text(duration)))
                    .as("%s ms", millis)
                    .contains(duration);
        });
    }

    @Test
    void readsAddressesWithAndWithoutHost() {
        assertThat(ConfigAddresses.parse("127.0.0.1:80")).contains(new InetSocketAddress("127.0.0.1", 80));
        assertThat(ConfigAddresses.parse("[::1]:80")).contains(new InetSocketAddress("::1", 80));
        assertThat(ConfigAddresses.parse(":8080")).contains(new InetSocketAddress(8080));
        assertThat(List.of("", "80", "a b:1", "host:", "host:70000", "::1:80", "http://x:1"))
                .allSatisfy(text -> assertThat(ConfigAddresses.parse(text)).isEmpty());
    }

    @Test
    void suggestsOnlyNamesThatAreNear() {
        assertThat(NearestName.of("adress", List.of("network", "address"))).contains("address");
        assertThat(NearestName.of("colour", List.of("network", "address"))).isEmpty();
    }
}
