package io.fairlead.gitlab.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessChangesTest {
    private static final int ROUNDS = 2_000;

    @Test
    void whatIsWrittenIsRead() {
        Random random = new Random(1);
        for (int round = 0; round < ROUNDS; round++) {
            AccessChanges changes = any(random);
            assertThat(AccessChanges.parse(changes.line())).isEqualTo(changes);
        }
    }

    /** Whatever one of them concerns, both together do; and nothing that neither does, unless it got too much to name. */
    @Test
    void bothTogetherConcernWhatEitherDoes() {
        Random random = new Random(2);
        for (int round = 0; round < ROUNDS; round++) {
            AccessChanges one = any(random);
            AccessChanges other = any(random);
            AccessChanges both = one.and(other);
            long user = random.nextLong(30);
            long job = random.nextLong(30);
            long agent = random.nextLong(30);
            boolean either = one.concern(user, job, agent) || other.concern(user, job, agent);
            assertThat(both.concern(user, job, agent)).isEqualTo(either);
            assertThat(both.none()).isEqualTo(one.none() && other.none());
        }
    }

    @Test
    void tooManyToNameAreAll() {
        Set<Long> many = new HashSet<>();
        for (long id = 0; id <= AccessChanges.NAMED_MAX; id++) {
            many.add(id);
        }
        AccessChanges users = new AccessChanges(1, false, false, many, Set.of(), Set.of());
        AccessChanges agents = new AccessChanges(1, false, false, Set.of(), many, Set.of());
        assertThat(users.everyone()).isTrue();
        assertThat(users.everything()).isFalse();
        assertThat(agents.everything()).isTrue();
        many.remove(0L);
        String longest = new AccessChanges(Long.MAX_VALUE, false, false, many, many, many).line();
        assertThat(longest.length()).isLessThan(AccessChanges.LINE_CHARS_MAX);
    }

    @Test
    void whatIsNotKnownMayMeanAnybody() {
        assertThat(AccessChanges.parse("{\"position\":7,\"projects\":[3]}").everything())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"position\":\"7\"}",
                "{\"position\":7,\"users\":7}",
                "{\"position\":7,\"users\":[\"7\"]}",
                "{\"position\":7,\"users\":[7.5]}",
                "{\"position\":7,\"users\":[99999999999999999999]}",
                "{\"position\":7,\"everyone\":1}",
                "{\"position\":7",
                "<html>"
            })
    void whatIsNoLineIsNotTakenForOne(String line) {
        assertThatThrownBy(() -> AccessChanges.parse(line)).isInstanceOf(IllegalArgumentException.class);
    }

    /** However the bytes are cut into reads, the lines are the same. */
    @Test
    void aStreamIsReadWhateverItsPieces() {
        Random random = new Random(3);
        for (int round = 0; round < 200; round++) {
            List<AccessChanges> sent = new ArrayList<>();
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(20); i >= 0; i--) {
                AccessChanges changes = any(random);
                sent.add(changes);
                text.append(changes.line()).append('\n');
            }
            try (AccessChangeStream stream = new AccessChangeStream("GET /x", inPieces(text.toString(), random))) {
                for (AccessChanges changes : sent) {
                    assertThat(stream.next()).isEqualTo(changes);
                }
                assertThatThrownBy(stream::next).isInstanceOf(GitLabException.class);
            }
        }
    }

    /** Bytes that are no lines end the stream, and nothing else. */
    @Test
    void anyBytesAreLinesOrAFailureOfTheStream() {
        Random random = new Random(4);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            if (random.nextBoolean()) {
                byte[] line = (any(random).line() + "\n").getBytes(StandardCharsets.UTF_8);
                line[random.nextInt(line.length)] = (byte) random.nextInt(256);
                bytes = line;
            }
            try (AccessChangeStream stream = new AccessChangeStream("GET /x", new ByteArrayInputStream(bytes))) {
                assertThatThrownBy(() -> {
                            while (true) {
                                stream.next();
                            }
                        })
                        .isInstanceOf(GitLabException.class);
            }
        }
    }

    @Test
    void aLineWithoutAnEndIsNotKeptForEver() {
        try (AccessChangeStream stream = new AccessChangeStream("GET /x", new InputStream() {
            @Override
            public int read() {
                return ' ';
            }
        })) {
            assertThatThrownBy(stream::next).hasMessageContaining("a line is too long");
        }
    }

    private static AccessChanges any(Random random) {
        return new AccessChanges(
                random.nextLong(Long.MAX_VALUE),
                random.nextInt(20) == 0,
                random.nextInt(10) == 0,
                ids(random),
                ids(random),
                ids(random));
    }

    private static Set<Long> ids(Random random) {
        Set<Long> ids = new HashSet<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            ids.add(1 + random.nextLong(30));
        }
        return ids;
    }

    private static InputStream inPieces(String text, Random random) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
            @Override
            public synchronized int read(byte[] to, int at, int length) {
                return super.read(to, at, Math.min(length, 1 + random.nextInt(7)));
            }
        };
    }
}
