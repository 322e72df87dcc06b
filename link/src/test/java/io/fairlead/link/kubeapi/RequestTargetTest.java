package io.fairlead.link.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What is decided on and what is forwarded are the same bytes. */
class RequestTargetTest {
    @Provide
    Arbitrary<String> targets() {
        Arbitrary<String> pieces = Arbitraries.of(
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
        return pieces.list().ofMaxSize(12).map(parts -> "/" + String.join("", parts));
    }

    @Property(tries = 5_000)
    void whatIsAcceptedHasOneMeaning(@ForAll("targets") String raw) {
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

    @Property(tries = 3_000)
    void readingAnEncodedTargetAgainChangesNothing(@ForAll("targets") String raw) throws Exception {
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

    @Property(tries = 3_000)
    void aParameterThatWasTakenOutIsGoneInEverySpelling(@ForAll("targets") String raw) {
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

    @Example
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

    @Example
    void tellsWhereDecodingWouldChangeTheMeaning() throws Exception {
        assertThat(RequestTarget.parse("/a%2Fb").ambiguous()).isTrue();
        assertThat(RequestTarget.parse("/a%5Cb").ambiguous()).isTrue();
        assertThat(RequestTarget.parse("/a?x=1;y=2").ambiguous()).isTrue();
        assertThat(RequestTarget.parse("/a%252Fb").ambiguous()).isFalse();
        assertThat(RequestTarget.parse("/a%252Fb").path()).isEqualTo("/a%2Fb");
        assertThat(RequestTarget.parse("/api/v1/pods?limit=5").exact()).isTrue();
    }
}
