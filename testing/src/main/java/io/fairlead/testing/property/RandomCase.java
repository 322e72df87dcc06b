package io.fairlead.testing.property;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * One random case: what a {@link Property} draws its values from. The borders of what is asked for come far more often than
 * chance would bring them. What was drawn is remembered, shortened, for the message of a failure.
 */
public final class RandomCase {
    private static final int TEXT_MAX = 255;
    private static final int DRAWN_MAX = 40;
    private static final int DRAWN_CHARS_MAX = 400;

    private final Random random;
    private final List<String> drawn = new ArrayList<>();

    RandomCase(long seed) {
        random = new Random(seed);
    }

    /** The source itself, for whoever needs more than values. */
    public Random random() {
        return random;
    }

    public boolean bool() {
        return note(random.nextBoolean());
    }

    /** From {@code min} to {@code max}, both included. */
    public int integer(int min, int max) {
        return (int) number(min, max);
    }

    /** Any int. */
    public int integer() {
        return (int) number(Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    /** From {@code min} to {@code max}, both included. */
    public long number(long min, long max) {
        return note(
                switch (random.nextInt(10)) {
                    case 0 -> {
                        long[] borders = {min, max, 0, 1, -1, min + 1, max - 1};
                        yield Math.clamp(borders[random.nextInt(borders.length)], min, max);
                    }
                    case 1 -> Math.clamp(random.nextInt(-20, 21), min, max);
                    default -> max == Long.MAX_VALUE ? wide(min) : random.nextLong(min, max + 1);
                });
    }

    /** Any long. */
    public long number() {
        return number(Long.MIN_VALUE, Long.MAX_VALUE);
    }

    /** At most {@code max} bytes; a fifth of them is what borders are made of. */
    public byte[] bytes(int max) {
        return bytes(0, max);
    }

    /** From {@code min} to {@code max} bytes. */
    public byte[] bytes(int min, int max) {
        byte[] bytes = new byte[length(min, max)];
        random.nextBytes(bytes);
        byte[] borders = {0, 1, -1, Byte.MIN_VALUE, Byte.MAX_VALUE};
        for (int i = 0; i < bytes.length; i++) {
            if (random.nextInt(5) == 0) {
                bytes[i] = borders[random.nextInt(borders.length)];
            }
        }
        note(HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, DRAWN_CHARS_MAX / 2)));
        return bytes;
    }

    /** Any text: letters, punctuation, control characters, any code point, halves of surrogate pairs. */
    public String text() {
        int length = random.nextInt(8) == 0 ? length(0, TEXT_MAX) : length(0, 24);
        int kind = random.nextInt(6);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            character(text, kind == 5 ? random.nextInt(5) : kind);
        }
        return note(text.toString());
    }

    private void character(StringBuilder to, int kind) {
        switch (kind) {
            case 0 -> to.append((char) random.nextInt(' ', 127));
            case 1 -> to.append((char) random.nextInt(128));
            case 2 -> to.append("/\\.%:;?#&=@\"'{}[]<>-_~ \t\r\n\0".charAt(random.nextInt(27)));
            case 3 -> to.append((char) random.nextInt(Character.MAX_VALUE + 1));
            case 4 -> to.appendCodePoint(random.nextInt(Character.MAX_CODE_POINT + 1));
            default -> throw new AssertionError(kind);
        }
    }

    /** One of {@code values}. */
    @SafeVarargs
    public final <T> T of(T... values) {
        return of(List.of(values));
    }

    /** One of {@code values}. */
    public <T> T of(List<T> values) {
        return note(values.get(random.nextInt(values.size())));
    }

    /** Up to {@code max} values that {@code one} draws. */
    public <T> List<T> list(int max, Function<RandomCase, T> one) {
        return list(0, max, one);
    }

    /** From {@code min} to {@code max} values that {@code one} draws. */
    public <T> List<T> list(int min, int max, Function<RandomCase, T> one) {
        int size = length(min, max);
        List<T> list = new ArrayList<>();
        while (list.size() < size) {
            list.add(one.apply(this));
        }
        return list;
    }

    /** At least {@code min} of {@code values}, each once, in any order. */
    public <T> List<T> some(int min, List<T> values) {
        List<T> shuffled = new ArrayList<>(values);
        Collections.shuffle(shuffled, random);
        return note(List.copyOf(shuffled.subList(0, length(min, values.size()))));
    }

    /** Up to {@code max} of {@code pieces}, put together. */
    public String joined(int max, List<String> pieces) {
        StringBuilder text = new StringBuilder();
        for (int left = length(0, max); left > 0; left--) {
            text.append(pieces.get(random.nextInt(pieces.size())));
        }
        return note(text.toString());
    }

    List<String> drawn() {
        return drawn;
    }

    private int length(int min, int max) {
        return switch (random.nextInt(12)) {
            case 0 -> min;
            case 1 -> Math.min(max, min + 1);
            case 2 -> max;
            default -> random.nextInt(min, max + 1);
        };
    }

    private long wide(long min) {
        long value = random.nextLong();
        return value >= min ? value : Math.max(min, -(value + 1));
    }

    private <T> T note(T value) {
        if (drawn.size() < DRAWN_MAX) {
            drawn.add(visible(String.valueOf(value)));
        }
        return value;
    }

    private static String visible(String text) {
        StringBuilder visible = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), DRAWN_CHARS_MAX); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c < 127) {
                visible.append(c);
            } else {
                visible.append("\\u").append(HexFormat.of().toHexDigits(c));
            }
        }
        return visible.toString();
    }
}
