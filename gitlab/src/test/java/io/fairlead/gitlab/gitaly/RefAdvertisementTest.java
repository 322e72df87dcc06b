package io.fairlead.gitlab.gitaly;

import static io.fairlead.gitlab.fake.FakeGitaly.advertisement;
import static io.fairlead.gitlab.fake.FakeGitaly.commit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RefAdvertisementTest {
    private static final Map<String, String> REFS = Map.of(
            "HEAD",
            commit('1'),
            "refs/heads/main",
            commit('1'),
            "refs/heads/other",
            commit('2'),
            "refs/tags/v1",
            commit('3'));

    private static Head read(String text, int piece, String... wanted) {
        RefAdvertisement refs = new RefAdvertisement(List.of(wanted));
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at < bytes.length; at += piece) {
            if (refs.feed(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + piece)))) {
                break;
            }
        }
        return refs.head();
    }

    @Test
    void findsTheReferenceWhereverTheStreamIsCut() {
        for (int piece = 1; piece <= 400; piece++) {
            assertThat(read(advertisement(REFS), piece, "refs/heads/other"))
                    .isEqualTo(new Head.Commit("refs/heads/other", commit('2')));
        }
    }

    @Test
    void theFirstLineOfTheListIsFoundDespiteItsCapabilities() {
        assertThat(read(advertisement(REFS), 1000, "HEAD")).isEqualTo(new Head.Commit("HEAD", commit('1')));
    }

    @Test
    void takesTheMostWantedThatIsThere() {
        assertThat(read(advertisement(REFS), 50, "refs/heads/trunk", "refs/heads/main", "refs/heads/other"))
                .isEqualTo(new Head.Commit("refs/heads/main", commit('1')));
    }

    @Test
    void tellsEmptyFromNotFound() {
        assertThat(read(advertisement(Map.of()), 9, "refs/heads/main")).isEqualTo(new Head.EmptyRepository());
        assertThat(read(advertisement(REFS), 9, "refs/heads/trunk")).isEqualTo(new Head.RefNotFound());
    }

    @Test
    void refusesWhatIsNoAdvertisement() {
        for (String text : List.of("<html>hello", "0003", "ffff", "0008zzzz", "001", "0010refs/heads/x")) {
            assertThatThrownBy(() -> read(text, 3, "HEAD"))
                    .as(text)
                    .isInstanceOf(GitalyException.class)
                    .hasMessageContaining("cannot be read");
        }
    }
}
