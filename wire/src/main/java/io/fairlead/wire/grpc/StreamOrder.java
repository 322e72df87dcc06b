package io.fairlead.wire.grpc;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.GeneratedMessage.ExtendableMessage;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The order in which the messages of a stream may come, for the receiver to check. A stream's message is a oneof; the
 * proto file says beside each member which members may follow it (options 92000 and 92001).
 *
 * <p>Compiled to one bit mask for each member: a step on the hot path is a shift and an array access, and allocates
 * nothing, because {@link Position}s are shared by all streams. Field numbers are those of the oneof's members, so a reader
 * that parses frames by hand needs no message objects.
 *
 * <p>States: the position after each member, and the start. Transitions: {@link Position#next} and {@link Position#end};
 * whatever is not allowed is a {@link StatusRuntimeException}: INVALID_ARGUMENT for a wrong order, a member that is not set
 * or not known, or an early end.
 */
public final class StreamOrder {
    /** Stands for the end of the stream among the members that may follow. */
    public static final int END = -1;

    /** What a oneof that is not set reports as its field number. */
    public static final int UNSET = 0;

    /** One bit of a mask each; bit 0 stands for the end. */
    private static final int FIELD_NUMBER_MAX = 63;

    private static final int NEXT_ALLOWED_FIELD = 92000;
    private static final int FIRST_ALLOWED_FIELD = 92001;

    private final String stream;
    private final String[] names;
    private final Position[] after;
    private final Position start;

    /**
     * An order written by hand.
     *
     * @param stream what is ordered, for the errors, as in {@code ConnectRequest.msg}
     * @param members names by field number, 1 to 63
     * @param first the numbers that may begin the stream; {@link #END} if it may be empty
     * @param next the numbers that may follow each member
     */
    public StreamOrder(
            String stream, Map<Integer, String> members, List<Integer> first, Map<Integer, List<Integer>> next) {
        this.stream = stream;
        this.names = names(stream, members);
        long[] masks = masks(stream, members, first, next);
        this.after = new Position[names.length];
        this.start = new Position(this, UNSET, masks[UNSET]);
        for (int number = 1; number < names.length; number++) {
            after[number] = new Position(this, number, masks[number]);
        }
    }

    /** The order that the proto file gives. Fails with {@link IllegalArgumentException} when it gives none. */
    public static StreamOrder of(OneofDescriptor oneof) {
        SortedMap<Integer, String> members = new TreeMap<>();
        SortedMap<Integer, List<Integer>> next = new TreeMap<>();
        for (FieldDescriptor field : oneof.getFields()) {
            members.put(field.getNumber(), field.getName());
            next.put(field.getNumber(), numbers(field.getOptions(), NEXT_ALLOWED_FIELD));
        }
        return new StreamOrder(
                oneof.getContainingType().getName() + "." + oneof.getName(),
                members,
                numbers(oneof.getOptions(), FIRST_ALLOWED_FIELD),
                next);
    }

    /** Where every stream begins. */
    public Position start() {
        return start;
    }

    /** Where a stream stands: after one member, or at its start. Immutable and shared. */
    public static final class Position {
        private final StreamOrder order;
        private final int last;
        private final long allowed;

        private Position(StreamOrder order, int last, long allowed) {
            this.order = order;
            this.last = last;
            this.allowed = allowed;
        }

        /** The position after the member with this field number; {@link #UNSET} when the oneof held none. */
        public Position next(int fieldNumber) {
            if (fieldNumber > UNSET && fieldNumber < order.after.length && (allowed & (1L << fieldNumber)) != 0) {
                return order.after[fieldNumber];
            }
            throw order.refusal(this, fieldNumber);
        }

        /** Checks that the stream may end here. */
        public void end() {
            if ((allowed & 1) == 0) {
                throw order.refusal(this, END);
            }
        }

        /** Whether {@link #end} would pass. */
        public boolean mayEnd() {
            return (allowed & 1) != 0;
        }
    }

    private StatusRuntimeException refusal(Position at, int number) {
        boolean member = number > UNSET && number < names.length && !names[number].isEmpty();
        String came;
        if (member) {
            came = names[number] + " came";
        } else if (number == END) {
            came = "the stream ended";
        } else if (number == UNSET) {
            came = "a message without content came";
        } else {
            came = "the unknown member " + number + " came";
        }
        String where = at.last == UNSET ? "at the start" : "after " + names[at.last];
        return Status.INVALID_ARGUMENT
                .withDescription(stream + ": " + came + " " + where + "; allowed " + allowedText(at))
                .asRuntimeException();
    }

    private String allowedText(Position at) {
        List<String> allowed = new ArrayList<>();
        for (int number = 1; number < names.length; number++) {
            if ((at.allowed & (1L << number)) != 0) {
                allowed.add(names[number]);
            }
        }
        if (at.mayEnd()) {
            allowed.add("the end");
        }
        return allowed.size() == 1 ? "is only " + allowed.getFirst() : "are " + String.join(", ", allowed);
    }

    private static String[] names(String stream, Map<Integer, String> members) {
        int highest = 0;
        for (int number : members.keySet()) {
            if (number < 1 || number > FIELD_NUMBER_MAX) {
                throw new IllegalArgumentException(stream + " has member " + number + "; numbers from 1 to "
                        + FIELD_NUMBER_MAX + " can be ordered");
            }
            highest = Math.max(highest, number);
        }
        String[] names = new String[highest + 1];
        for (int number = 0; number <= highest; number++) {
            names[number] = members.getOrDefault(number, "");
        }
        return names;
    }

    private static long[] masks(
            String stream, Map<Integer, String> members, List<Integer> first, Map<Integer, List<Integer>> next) {
        long[] masks = new long[names(stream, members).length];
        masks[UNSET] = mask(stream, members, first);
        for (int number : members.keySet()) {
            masks[number] = mask(stream, members, next.getOrDefault(number, List.of()));
        }
        return masks;
    }

    private static long mask(String stream, Map<Integer, String> members, List<Integer> numbers) {
        if (numbers.isEmpty()) {
            throw new IllegalArgumentException(stream + " does not say at every place what may follow");
        }
        long mask = 0;
        for (int number : numbers) {
            if (number != END && !members.containsKey(number)) {
                throw new IllegalArgumentException(stream + " allows member " + number + ", which it does not have");
            }
            mask |= number == END ? 1 : 1L << number;
        }
        return mask;
    }

    /**
     * The values of one of our options. Protobuf keeps them as unknown fields when the code that declared the option was
     * not loaded, so both places are read.
     */
    private static List<Integer> numbers(ExtendableMessage<?> options, int option) {
        List<Integer> numbers = new ArrayList<>();
        options.getAllFields().forEach((field, value) -> {
            if (field.getNumber() == option && value instanceof List<?> values) {
                values.forEach(number -> numbers.add(((Long) number).intValue()));
            }
        });
        UnknownFieldSet.Field unknown = options.getUnknownFields().getField(option);
        unknown.getVarintList().forEach(number -> numbers.add(number.intValue()));
        return numbers;
    }
}
