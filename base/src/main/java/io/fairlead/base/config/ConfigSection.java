package io.fairlead.base.config;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One mapping of a configuration, asked key by key. A value that does not fit is recorded as a problem and the default
 * returned in its place, so that reading goes on and all problems are found.
 */
public final class ConfigSection {
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}(\\.\\d{1,9})?");

    private final ConfigReading reading;
    private final String prefix;
    private final boolean written;
    private final Map<String, Node> keyNodes = new LinkedHashMap<>();
    private final Map<String, Node> valueNodes = new LinkedHashMap<>();
    private final Set<String> known = new TreeSet<>();
    private final List<ConfigSection> sections = new ArrayList<>();

    private ConfigSection(ConfigReading reading, String prefix, Optional<Node> node) {
        this.reading = reading;
        this.prefix = prefix;
        this.written = node.isPresent();
        node.ifPresent(this::take);
    }

    static ConfigSection root(ConfigReading reading, Optional<Node> node) {
        return new ConfigSection(reading, "", node);
    }

    /** The mapping under {@code key}; all its keys have their defaults when it is not there. */
    public ConfigSection section(String key) {
        known.add(key);
        ConfigSection section = new ConfigSection(reading, path(key), Optional.ofNullable(valueNodes.get(key)));
        sections.add(section);
        return section;
    }

    /** Whether this section, or a key in it, is set at all. */
    public boolean present() {
        return written || reading.overridden(prefix);
    }

    /** Whether one of its keys is set anywhere. */
    public boolean has(String key) {
        return valueNodes.containsKey(key) || reading.override(path(key)).isPresent();
    }

    /** A text. */
    public String string(String key, String fallback) {
        return value(key, fallback, text -> text, Optional::of, "a text");
    }

    /** A text that may be unset. */
    public Optional<String> string(String key) {
        return optional(key, Optional::of, "a text");
    }

    /** A text that must be set. */
    public String required(String key) {
        Optional<String> value = string(key);
        if (value.isEmpty()) {
            problem(key, path(key) + " is not set and has no default");
        }
        return value.orElse("");
    }

    public boolean bool(String key, boolean fallback) {
        return value(key, fallback, String::valueOf, ConfigSection::parseBool, "true or false");
    }

    /** A whole number from {@code min} to {@code max}. */
    public int integer(String key, int fallback, int min, int max) {
        Function<String, Optional<Integer>> parser = text ->
                parseLong(text).filter(number -> number >= min && number <= max).map(Long::intValue);
        return value(key, fallback, String::valueOf, parser, "a whole number from " + min + " to " + max);
    }

    /** A number above zero. */
    public double positive(String key, double fallback) {
        Function<String, Optional<Double>> parser = text -> NUMBER.matcher(text).matches()
                ? Optional.of(Double.valueOf(text)).filter(number -> number > 0)
                : Optional.empty();
        return value(key, fallback, String::valueOf, parser, "a number above 0");
    }

    /** A duration of at least {@code min}. */
    public Duration duration(String key, Duration fallback, Duration min) {
        Function<String, Optional<Duration>> parser =
                text -> ConfigDurations.parse(text).filter(duration -> duration.compareTo(min) >= 0);
        String expected =
                "a duration such as 300s or 5m" + (min.isZero() ? "" : " of at least " + ConfigDurations.text(min));
        return value(key, fallback, ConfigDurations::text, parser, expected);
    }

    /** A file name, with a problem when it must be set and is not. */
    public Optional<Path> path(String key, boolean mustBeSet) {
        Optional<Path> value = optional(key, text -> Optional.of(Path.of(text)), "a file name");
        if (mustBeSet && value.isEmpty()) {
            problem(key, path(key) + " is not set and has no default");
        }
        return value;
    }

    /** An absolute URL whose scheme is among {@code schemes}, or nothing when unset. */
    public Optional<URI> url(String key, Set<String> schemes) {
        return optional(
                key,
                text -> parseUri(text)
                        .filter(uri -> uri.getScheme() != null
                                && schemes.contains(uri.getScheme().toLowerCase(Locale.ROOT))
                                && uri.getHost() != null),
                "a URL that starts with " + String.join(":// or ", new TreeSet<>(schemes)) + "://");
    }

    /** As {@link #url}, for one that paths are put behind: without the slashes at its end. */
    public Optional<URI> baseUrl(String key, Set<String> schemes) {
        return url(key, schemes).map(url -> URI.create(url.toString().replaceFirst("/+$", "")));
    }

    /** As {@link #url}, and a problem when it is not set. */
    public Optional<URI> requiredUrl(String key, Set<String> schemes) {
        int problemsBefore = reading.problems().size();
        Optional<URI> value = url(key, schemes);
        if (value.isEmpty() && reading.problems().size() == problemsBefore) {
            problem(key, path(key) + " is not set and has no default");
        }
        return value;
    }

    /** {@code host:port}; {@code :port} means all addresses of the machine, port 0 any free port. */
    public InetSocketAddress address(String key, String fallback) {
        InetSocketAddress standard = ConfigAddresses.parse(fallback).orElseThrow();
        return value(key, standard, ConfigAddresses::text, ConfigAddresses::parse, "an address such as 127.0.0.1:8150");
    }

    /** How others reach a listener, {@code host:port}, where that differs from what it listens on. */
    public Optional<InetSocketAddress> reachedAt(String key, String example) {
        return optional(key, ConfigAddresses::parse, "an address such as " + example);
    }

    /** A list of texts; in the environment and in options they are separated by commas. */
    public List<String> strings(String key) {
        return strings(key, List.of());
    }

    /** The same with values for a key that is not set. */
    public List<String> strings(String key, List<String> fallback) {
        known.add(key);
        Optional<ConfigEntry> override = reading.override(path(key));
        Node node = valueNodes.get(key);
        List<String> values = new ArrayList<>();
        ConfigOrigin origin = new ConfigOrigin.Default();
        if (override.isPresent()) {
            origin = override.get().origin();
            values.addAll(Arrays.asList(override.get().value().split("\\s*,\\s*")));
        } else if (node instanceof SequenceNode sequence) {
            origin = reading.origin(node);
            sequence.getValue()
                    .forEach(item -> scalar(item, path(key), "a list of texts").ifPresent(values::add));
        } else if (node != null) {
            reading.problem(reading.origin(node), path(key) + " must be a list of texts");
        } else {
            values.addAll(fallback);
        }
        reading.entry(new ConfigEntry(path(key), String.join(",", values), origin));
        return List.copyOf(values);
    }

    /** One of an enum's constants, written in lower case. */
    public <E extends Enum<E>> E choice(String key, E fallback) {
        Class<E> type = fallback.getDeclaringClass();
        String names =
                Arrays.stream(type.getEnumConstants()).map(ConfigSection::lower).collect(Collectors.joining(", "));
        Function<String, Optional<E>> parser = text -> Arrays.stream(type.getEnumConstants())
                .filter(constant -> lower(constant).equals(text))
                .findFirst();
        return value(key, fallback, ConfigSection::lower, parser, "one of " + names);
    }

    /** Knows {@code key} of the original and everything below it, and warns that it changes nothing here. */
    public void unused(String key, String reason) {
        known.add(key);
        reading.accepted(path(key));
        Node node = keyNodes.get(key);
        if (node != null || reading.overridden(path(key))) {
            String where =
                    node == null ? "the environment" : reading.origin(node).toString();
            reading.warning(where + ": " + path(key) + " changes nothing: " + reason);
        }
    }

    /** Records a mistake about {@code key} that only its reader can see, such as two keys that exclude each other. */
    public void problem(String key, String message) {
        Node node = keyNodes.get(key);
        reading.problem(node == null ? new ConfigOrigin.Default() : reading.origin(node), message);
    }

    void reportUnknownKeys() {
        keyNodes.forEach((key, node) -> {
            if (!known.contains(key)) {
                String hint = NearestName.of(key, known)
                        .map(nearest -> "did you mean " + path(nearest) + "?")
                        .orElseGet(() -> "the keys known here are " + String.join(", ", known));
                reading.problem(reading.origin(node), "unknown key " + path(key) + "; " + hint);
            }
        });
        sections.forEach(ConfigSection::reportUnknownKeys);
    }

    private <T> T value(
            String key, T fallback, Function<T, String> text, Function<String, Optional<T>> parser, String expected) {
        Optional<ConfigEntry> set = set(key, expected);
        Optional<T> parsed = set.flatMap(entry -> parsed(entry, parser, expected));
        reading.entry(
                parsed.isPresent()
                        ? set.get()
                        : new ConfigEntry(path(key), text.apply(fallback), new ConfigOrigin.Default()));
        return parsed.orElse(fallback);
    }

    private <T> Optional<T> optional(String key, Function<String, Optional<T>> parser, String expected) {
        Optional<ConfigEntry> set = set(key, expected);
        reading.entry(set.orElse(new ConfigEntry(path(key), "", new ConfigOrigin.Default())));
        return set.flatMap(entry -> parsed(entry, parser, expected));
    }

    private <T> Optional<T> parsed(ConfigEntry entry, Function<String, Optional<T>> parser, String expected) {
        Optional<T> value = parser.apply(entry.value());
        if (value.isEmpty()) {
            reading.problem(
                    entry.origin(), entry.key() + " must be " + expected + ", but is \"" + entry.value() + "\"");
        }
        return value;
    }

    /** The value as it was set outside the default, if it was; an explicit null counts as unset. */
    private Optional<ConfigEntry> set(String key, String expected) {
        known.add(key);
        String path = path(key);
        Optional<ConfigEntry> override = reading.override(path);
        Node node = valueNodes.get(key);
        if (override.isPresent() || node == null) {
            return override;
        }
        return scalar(node, path, expected).map(text -> new ConfigEntry(path, text, reading.origin(node)));
    }

    private Optional<String> scalar(Node node, String path, String expected) {
        if (node instanceof ScalarNode scalar) {
            return Optional.of(scalar.getValue());
        }
        reading.problem(reading.origin(node), path + " must be " + expected + ", but is a list or a mapping");
        return Optional.empty();
    }

    private void take(Node node) {
        if (!(node instanceof MappingNode mapping)) {
            if (!Tag.NULL.equals(node.getTag())) {
                String what = prefix.isEmpty() ? "the file" : prefix;
                reading.problem(reading.origin(node), what + " must be a mapping of keys to values");
            }
            return;
        }
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode keyNode)) {
                reading.problem(reading.origin(tuple.getKeyNode()), "a key must be a text");
                continue;
            }
            String key = keyNode.getValue();
            if (keyNodes.putIfAbsent(key, keyNode) != null) {
                reading.problem(reading.origin(keyNode), path(key) + " is set twice");
            } else if (!Tag.NULL.equals(tuple.getValueNode().getTag())) {
                valueNodes.put(key, tuple.getValueNode());
            }
        }
    }

    private String path(String key) {
        return prefix.isEmpty() ? key : prefix + "." + key;
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static Optional<Boolean> parseBool(String text) {
        return switch (text) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    private static Optional<Long> parseLong(String text) {
        return text.matches("-?\\d{1,18}") ? Optional.of(Long.parseLong(text)) : Optional.empty();
    }

    private static Optional<URI> parseUri(String text) {
        try {
            return Optional.of(new URI(text));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }
}
