package io.fairlead.link.identity.kas;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.testing.time.ManualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AnswerCacheTest {
    private final ManualTime time = new ManualTime();
    /** Questions wait here until the test lets them run. */
    private final Deque<Runnable> questions = new ArrayDeque<>();

    private final AnswerCache<String> cache = new AnswerCache<>(time, questions::add, 3);
    private final AtomicInteger asked = new AtomicInteger();

    private CompletableFuture<String> get(String key, Duration keep) {
        return cache.get(key, () -> new AnswerCache.Answer<>(key + asked.incrementAndGet(), keep))
                .toCompletableFuture();
    }

    private void answerAll() {
        while (!questions.isEmpty()) {
            questions.remove().run();
        }
    }

    @Test
    void asksOnceForAllThatWait() {
        var first = get("a", Duration.ofSeconds(1));
        var second = get("a", Duration.ofSeconds(1));
        assertThat(first).isNotDone();
        answerAll();
        assertThat(first.join()).isEqualTo("a1");
        assertThat(second.join()).isEqualTo("a1");
        assertThat(asked).hasValue(1);
    }

    @Test
    void aKnownAnswerIsThereOnReturnUntilItsTime() {
        get("a", Duration.ofSeconds(10));
        answerAll();
        time.pass(Duration.ofSeconds(9));
        assertThat(get("a", Duration.ofSeconds(10))).isCompletedWithValue("a1");
        time.pass(Duration.ofSeconds(1));
        assertThat(get("a", Duration.ofSeconds(10))).isNotDone();
        answerAll();
        assertThat(get("a", Duration.ofSeconds(10))).isCompletedWithValue("a2");
    }

    @Test
    void whatIsNotToBeKeptIsAskedAgain() {
        get("a", Duration.ZERO);
        answerAll();
        assertThat(get("a", Duration.ZERO)).isNotDone();
        assertThat(cache.size()).isOne();
    }

    @Test
    void aFailureReachesAllThatWaitAndIsNotKept() {
        var failing = cache.get("a", () -> {
                    throw new IllegalStateException("boom");
                })
                .toCompletableFuture();
        answerAll();
        assertThat(failing).isCompletedExceptionally();
        assertThat(cache.size()).isZero();
        get("a", Duration.ofSeconds(1));
        answerAll();
        assertThat(get("a", Duration.ofSeconds(1))).isCompletedWithValue("a1");
    }

    @Test
    void refusesToAskWhenTooManyQuestionsAreOpen() {
        for (String key : new String[] {"a", "b", "c"}) {
            get(key, Duration.ofSeconds(1));
        }
        assertThat(get("d", Duration.ofSeconds(1)))
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(RejectedExecutionException.class);
        answerAll();
        get("d", Duration.ofSeconds(1));
        answerAll();
        assertThat(get("d", Duration.ofSeconds(1))).isCompletedWithValue("d4");
    }

    @Test
    void staysBoundedAndForgetsTheLeastRecentlyUsed() {
        for (int i = 0; i < AnswerCache.ENTRIES_MAX; i++) {
            get("k" + i + "-", Duration.ofMinutes(1));
            answerAll();
        }
        get("k0-", Duration.ofMinutes(1));
        get("new", Duration.ofMinutes(1));
        answerAll();
        assertThat(cache.size()).isEqualTo(AnswerCache.ENTRIES_MAX);
        assertThat(get("k0-", Duration.ofMinutes(1))).isCompleted();
        assertThat(get("k1-", Duration.ofMinutes(1))).isNotDone();
    }

    @Test
    void invalidationAlsoDropsTheAnswerThatIsOnItsWay() {
        var before = get("a", Duration.ofMinutes(1));
        cache.invalidateWhere(answer -> false);
        var after = get("a", Duration.ofMinutes(1));
        answerAll();
        assertThat(before.join()).isEqualTo("a1");
        assertThat(after.join()).isEqualTo("a2");
        assertThat(get("a", Duration.ofMinutes(1))).isCompletedWithValue("a2");
        cache.invalidateWhere("a2"::equals);
        assertThat(get("a", Duration.ofMinutes(1))).isNotDone();
        cache.invalidate("a");
        assertThat(cache.size()).isZero();
    }
}
