package io.fairlead.base.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as operators write them: {@code 300s}, {@code 5m}, {@code 1h30m}, {@code 250ms}, {@code 0.5s}. */
public final class ConfigDurations {
    private static final Pattern PART = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,9})?)(ms|us|ns|h|m|s)");

    private static final BigDecimal NANOS_MAX = BigDecimal.valueOf(Long.MAX_VALUE / 8);

    private ConfigDurations() {}

    /** The duration, or nothing when the text is not one. */
    public static Optional<Duration> parse(String text) {
        if (text.equals("0")) {
            return Optional.of(Duration.ZERO);
        }
        Matcher part = PART.matcher(text);
        Duration sum = Duration.ZERO;
        int end = 0;
        while (part.find() && part.start() == end) {
            end = part.end();
            BigDecimal nanos = new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(nanosOf(part.group(2))));
            if (nanos.compareTo(NANOS_MAX) > 0) {
                return Optional.empty();
            }
            sum = sum.plusNanos(nanos.longValue());
        }
        return end == text.length() && end > 0 ? Optional.of(sum) : Optional.empty();
    }

    /** The shortest text that reads back as {@code duration}, in seconds or milliseconds. */
    public static String text(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }

    private static long nanosOf(String unit) {
        return switch (unit) {
            case "h" -> 3_600_000_000_000L;
            case "m" -> 60_000_000_000L;
            case "s" -> 1_000_000_000L;
            case "ms" -> 1_000_000L;
            case "us" -> 1_000L;
            case "ns" -> 1L;
            default -> throw new IllegalStateException("the pattern let unit " + unit + " through");
        };
    }
}
