package io.fairlead.link.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.testing.property.Property;
import io.fairlead.testing.property.RandomCase;
import java.net.URI;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is decided on and what is forwarded are the same bytes. */
class RequestTargetTest {
    private static final List<String> PIECES = List.of(
            "/",
            "a",
            "b1",
            "..",
            ".",
            "%2e",
            "%2E",
            "%2f",
            "%2F",
            "%5c",
            "\\",
            "%25",
            "%252f",
            "%00",
            "%0a",
            "%7f",
            "%zz",
            "%",
            "%e2%82%ac",
            "%ff",
            ";",
            ";x=1",
            "?",
            "&",
            "=",
            "+",
            " ",
            "#",
            "~",
            "-",
            "_",
            ":",
            "@",
            "!",
            "*",
            "'",
            "(",
            ")",
            ",",
            "$",
            "x=1",
            "limit=5",
            "q=%2F",
            "q=a+b",
            "gitlab-agent-id=7",
            "gitlab%2Dagent%2Did=8",
            "\u00e9");

    private static String target(RandomCase any) {
        return "/" + any.joined(12, PIECES);
    }

    @Test
    void whatIsAcceptedHasOneMeaning() {
        Property.holds(5_000, any -> hasOneMeaning(target(any)));
    }

    private static void hasOneMeaning(String raw) {
        RequestTarget target;
        try {
            target = RequestTarget.parse(raw);
        } catch (RequestTarget.Malformed e) {
            assertThat(e.getMessage()).isNotBlank();
            return;
        }
        assertThat(target.raw()).isEqualTo(raw);
        assertThat(target.path())
                .startsWith("/")
                .doesNotContain("//", "/./", "/../")
                .doesNotMatch("(?s).*[\\x00-\\x1f\\x7f].*");
        assertThat(target.path().endsWith("/.") || target.path().endsWith("/.."))
                .isFalse();
        // Two other readers of the same text.
        URI uri = URI.create("http://x" + raw.replace("\\", "%5C").replaceAll("%(?![0-9a-fA-F]{2})", "%25"));
        assertThat(target.path()).isEqualTo(uri.getPath());
        assertThat(uri.normalize().getRawPath()).isEqualTo(uri.getRawPath());
        if (target.exact()) {
            assertThat(RequestTarget.encode(target.path(), target.query())).isEqualTo(raw);
            assertThat(target.ambiguous()).isFalse();
        }
    }

    @Test
    void readingAnEncodedTargetAgainChangesNothing() {
        Property.holds(3_000, any -> readsBackAsItWas(target(any)));
    }

    private static void readsBackAsItWas(String raw) throws Exception {
        RequestTarget target;
        try {
            target = RequestTarget.parse(raw);
        } catch (RequestTarget.Malformed e) {
            return;
        }
        if (!target.ambiguous()) {
            RequestTarget again = RequestTarget.parse(RequestTarget.encode(target.path(), target.query()));
            assertThat(again.path()).isEqualTo(target.path());
            assertThat(again.query()).isEqualTo(target.query());
        }
    }

    @Test
    void aParameterThatWasTakenOutIsGoneInEverySpelling() {
        Property.holds(3_000, any -> losesTheParameter(target(any)));
    }

    private static void losesTheParameter(String raw) {
        RequestTarget target;
        try {
            target = RequestTarget.parse(raw);
        } catch (RequestTarget.Malformed e) {
            return;
        }
        RequestTarget without = target.without(Set.of("gitlab-agent-id"));
        assertThat(without.query()).doesNotContainKey("gitlab-agent-id");
        assertThat(without.path()).isEqualTo(target.path());
        if (!target.query().isEmpty()) {
            assertThat(without.raw().substring(without.raw().indexOf('?') + 1))
                    .doesNotContain("&gitlab-agent-id=")
                    .doesNotStartWith("gitlab-agent-id=");
        }
    }

    @Test
    void refusesEverySpellingOfADotSegment() {
        for (String path : new String[] {
            "/a/../b",
            "/a/%2e%2e/b",
            "/a/.%2E/b",
            "/a/%2e/b",
            "/a/./b",
            "/..",
            "/.",
            "/a/..",
            "//a",
            "/a//b",
            "/a\\b",
            "/%00",
            "a"
        }) {
            assertThatThrownBy(() -> RequestTarget.parse(path)).as(path).isInstanceOf(RequestTarget.Malformed.class);
        }
    }

    @Test
    void tellsWhereDecodingWouldChangeTheMeaning() throws Exception {
        assertThat(RequestTarget.parse("/a%2Fb").ambiguous()).isTrue();
        assertThat(RequestTarget.parse("/a%5Cb").ambiguous()).isTrue();
        assertThat(RequestTarget.parse("/a?x=1;y=2").ambiguous()).isTrue();
        assertThat(RequestTarget.parse("/a%252Fb").ambiguous()).isFalse();
        assertThat(RequestTarget.parse("/a%252Fb").path()).isEqualTo("/a%2Fb");
        assertThat(RequestTarget.parse("/api/v1/pods?limit=5").exact()).isTrue();
    }
}
