package io.fairlead.cli.output;

import java.util.Locale;

/**
 * Text of others as a terminal may be shown it: what moves the cursor, colours, hides or turns the direction of what stands beside
 * it becomes {@code \\uXXXX}, which is the same text in JSON.
 */
public final class VisibleText {
    private VisibleText() {}

    /** The text with everything invisible escaped, but line ends and tabs. */
    public static String of(String text) {
        StringBuilder visible = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            if (harmless(point)) {
                visible.appendCodePoint(point);
            } else {
                for (char c : Character.toChars(point)) {
                    visible.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                }
            }
        });
        return visible.toString();
    }

    private static boolean harmless(int point) {
        return point == '\n'
                || point == '\t'
                || switch (Character.getType(point)) {
                    case Character.CONTROL,
                            Character.FORMAT,
                            Character.SURROGATE,
                            Character.PRIVATE_USE,
                            Character.UNASSIGNED,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR -> false;
                    default -> true;
                };
    }
}
