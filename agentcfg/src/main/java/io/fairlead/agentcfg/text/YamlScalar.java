package io.fairlead.agentcfg.text;

import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * What a scalar is, by the rules of YAML 1.1, which GitLab's readers follow: a plain {@code on} is a truth value and
 * {@code 0x10} a number; whatever is quoted is text.
 */
sealed interface YamlScalar {
    record Null() implements YamlScalar {}

    record Bool(boolean value) implements YamlScalar {}

    record Int(long value) implements YamlScalar {}

    /** A number with a fraction, or one too large; nothing in a configuration takes it. */
    record Other(String text) implements YamlScalar {}

    record Text(String value) implements YamlScalar {}

    Pattern NULL = Pattern.compile("~|null|Null|NULL|");
    Pattern TRUE = Pattern.compile("true|True|TRUE|yes|Yes|YES|on|On|ON");
    Pattern FALSE = Pattern.compile("false|False|FALSE|no|No|NO|off|Off|OFF");
    Pattern INT = Pattern.compile("[-+]?(0|[1-9][0-9_]*)");
    Pattern HEX = Pattern.compile("[-+]?0x[0-9a-fA-F_]+");
    Pattern OCTAL = Pattern.compile("[-+]?0o?[0-7_]+");
    Pattern FLOAT = Pattern.compile(
            "[-+]?(\\.[0-9]+|[0-9][0-9_]*(\\.[0-9_]*)?)([eE][-+]?[0-9]+)?|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");

    static YamlScalar of(ScalarNode node) {
        String text = node.getValue();
        if (node.getScalarStyle() != ScalarStyle.PLAIN) {
            return new Text(text);
        }
        if (NULL.matcher(text).matches()) {
            return new Null();
        }
        if (TRUE.matcher(text).matches()) {
            return new Bool(true);
        }
        if (FALSE.matcher(text).matches()) {
            return new Bool(false);
        }
        if (INT.matcher(text).matches()) {
            return integer(text, 10, text);
        }
        if (HEX.matcher(text).matches()) {
            return integer(text.replaceFirst("0x", ""), 16, text);
        }
        if (OCTAL.matcher(text).matches()) {
            return integer(text.replaceFirst("0o?", ""), 8, text);
        }
        return FLOAT.matcher(text).matches() ? new Other(text) : new Text(text);
    }

    private static YamlScalar integer(String digits, int radix, String text) {
        try {
            return new Int(Long.parseLong(digits.replace("_", ""), radix));
        } catch (NumberFormatException e) {
            return new Other(text);
        }
    }

    /** What it is, for people. */
    default String kind() {
        return switch (this) {
            case Null() -> "empty";
            case Bool(boolean value) -> "the truth value " + value;
            case Int(long value) -> "the number " + value;
            case Other(String text) -> "the number " + text;
            case Text(String value) ->
                "the text \"" + (value.length() <= 60 ? value : value.substring(0, 60) + "...") + "\"";
        };
    }
}
