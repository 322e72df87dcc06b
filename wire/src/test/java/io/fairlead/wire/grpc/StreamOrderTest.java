package io.fairlead.wire.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.testing.property.Property;
import io.fairlead.testing.property.RandomCase;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StreamOrderTest {
    private static final int HEADER = 1;
    private static final int DATA = 2;
    private static final int TRAILER = 3;

    private static final StreamOrder ORDER = new StreamOrder(
            "Request.message",
            Map.of(HEADER, "header", DATA, "data", TRAILER, "trailer", 9, "upgrade_data"),
            List.of(HEADER),
            Map.of(
                    HEADER,
                    List.of(DATA, TRAILER),
                    DATA,
                    List.of(DATA, TRAILER),
                    TRAILER,
                    List.of(9, StreamOrder.END),
                    9,
                    List.of(9, StreamOrder.END)));

    @Test
    void acceptsWhatIsAllowed() {
        var position = ORDER.start().next(HEADER).next(DATA).next(DATA).next(TRAILER);
        position.end();
        position.next(9).next(9).end();
    }

    @Test
    void refusesAWrongOrderAndSaysWhatWasAllowed() {
        assertRefused(
                () -> ORDER.start().next(DATA),
                Status.Code.INVALID_ARGUMENT,
                "Request.message: data came at the start; allowed is only header");
        assertRefused(
                () -> ORDER.start().next(HEADER).next(HEADER),
                Status.Code.INVALID_ARGUMENT,
                "Request.message: header came after header; allowed are data, trailer");
        assertRefused(
                () -> ORDER.start().next(HEADER).next(TRAILER).next(DATA),
                Status.Code.INVALID_ARGUMENT,
                "Request.message: data came after trailer; allowed are upgrade_data, the end");
    }

    @Test
    void refusesAnEarlyEnd() {
        assertRefused(
                () -> ORDER.start().next(HEADER).end(),
                Status.Code.INVALID_ARGUMENT,
                "Request.message: the stream ended after header; allowed are data, trailer");
        assertRefused(() -> ORDER.start().end(), Status.Code.INVALID_ARGUMENT, "the stream ended at the start");
    }

    @Test
    void refusesAnEmptyMessageAndUnknownMembers() {
        assertRefused(
                () -> ORDER.start().next(StreamOrder.UNSET),
                Status.Code.INVALID_ARGUMENT,
                "a message without content came at the start");
        for (int number : new int[] {4, 10, 64, 65, 1_000_000, -1, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> ORDER.start().next(number)).isInstanceOf(StatusRuntimeException.class);
        }
        assertRefused(() -> ORDER.start().next(65), Status.Code.INVALID_ARGUMENT, "the unknown member 65 came");
    }

    @Test
    void anIncompleteOrderIsAProgrammingError() {
        assertThatThrownBy(() -> new StreamOrder("s", Map.of(1, "a"), List.of(1), Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new StreamOrder("s", Map.of(1, "a"), List.of(2), Map.of(1, List.of(-1))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new StreamOrder("s", Map.of(64, "a"), List.of(64), Map.of(64, List.of(-1))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** A random order over five members with the walk that some stream took. */
    record Walk(List<Integer> first, Map<Integer, List<Integer>> next, List<Integer> steps) {}

    private static Walk walk(RandomCase any) {
        Map<Integer, List<Integer>> next = new TreeMap<>();
        for (int number : new int[] {1, 2, 3, 40, 63}) {
            next.put(number, follow(any));
        }
        return new Walk(follow(any), next, any.list(12, one -> one.of(-1, 0, 1, 2, 3, 40, 63, 62, 64, 127)));
    }

    private static List<Integer> follow(RandomCase any) {
        return any.some(1, List.of(-1, 1, 2, 3, 40, 63));
    }

    @Test
    void agreesWithThePlainReadingOfTheLists() {
        Property.holds(2_000, any -> agrees(walk(any)));
    }

    private static void agrees(Walk walk) {
        StreamOrder order =
                new StreamOrder("s", Map.of(1, "a", 2, "b", 3, "c", 40, "d", 63, "e"), walk.first(), walk.next());
        StreamOrder.Position position = order.start();
        List<Integer> allowed = walk.first();
        for (int step : walk.steps()) {
            assertThat(position.mayEnd()).isEqualTo(allowed.contains(StreamOrder.END));
            if (step == StreamOrder.END) {
                boolean passed = passes(position::end);
                assertThat(passed).isEqualTo(allowed.contains(StreamOrder.END));
                return;
            }
            StreamOrder.Position here = position;
            if (!allowed.contains(step)) {
                assertThat(passes(() -> here.next(step))).isFalse();
                return;
            }
            position = position.next(step);
            allowed = walk.next().getOrDefault(step, List.of());
        }
    }

    private static boolean passes(Runnable step) {
        try {
            step.run();
            return true;
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            return false;
        }
    }

    private static void assertRefused(Runnable step, Status.Code code, String text) {
        assertThatThrownBy(step::run)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(code))
                .hasMessageContaining(text);
    }
}
