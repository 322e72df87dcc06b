package io.fairlead.forge.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.testing.property.Property;
import java.util.List;
import org.junit.jupiter.api.Test;

class PercentTest {
    @Test
    void decodesOnce() {
        assertThat(Percent.decode("a%2Fb%2Ec")).contains("a/b.c");
        assertThat(Percent.decode("a%252Fb")).contains("a%2Fb");
        assertThat(Percent.decode("a+b")).contains("a+b");
        assertThat(Percent.decodeForm("a+b%20c")).contains("a b c");
        assertThat(Percent.decode("%41")).contains("A");
    }

    @Test
    void refusesWhatIsBrokenOrInvisible() {
        for (String raw : new String[] {"%", "%4", "a%4", "%zz", "%ff", "%00", "a%0ab", "%c3%28"}) {
            assertThat(Percent.decode(raw)).as(raw).isEmpty();
        }
    }

    @Test
    void encodingComesBackAsItWas() {
        Property.holds(any -> {
            String printable = any.text().replaceAll("[\\x00-\\x1f\\x7f]", "").replaceAll("[\\ud800-\\udfff]", "");
            assertThat(Percent.decode(Percent.encodeSegment(printable))).contains(printable);
        });
    }

    @Test
    void neverThrows() {
        Property.holds(any -> {
            String raw =
                    any.bool() ? any.text() : any.joined(8, List.of("%", "%2", "%c3", "%28", "%00", "+", "a", "F"));
            assertThat(Percent.decode(raw)).isNotNull();
            assertThat(Percent.decodeForm(raw)).isNotNull();
        });
    }
}
