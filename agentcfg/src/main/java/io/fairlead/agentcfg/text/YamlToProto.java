package io.fairlead.agentcfg.text;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import io.fairlead.base.config.NearestName;
import io.fairlead.base.error.FairleadException;
import io.fairlead.base.yaml.YamlDocument;
import io.fairlead.base.yaml.YamlPlace;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Reads YAML into a message, strictly: what the message does not have is an error that names line, key and the nearest key
 * that exists. Keys are the proto's field names or their JSON names.
 */
final class YamlToProto {
    /** Aliases may make a small text a large document. */
    private static final int NODES_MAX = 100_000;

    private static final Pattern DURATION = Pattern.compile("-?[0-9]{1,12}(\\.[0-9]{1,9})?s");

    private final String file;
    private final Map<String, YamlPlace> places = new HashMap<>();
    private int nodes;
    private int merging;

    private YamlToProto(String file) {
        this.file = file;
    }

    /**
     * Merges the text into {@code message}; an empty text changes nothing.
     *
     * @return where each value stands, by its path such as {@code ci_access.projects[0].id}
     * @throws FairleadException {@code configuration.invalid}, or {@code yaml.invalid} when it is no YAML
     */
    static Map<String, YamlPlace> merge(String file, String text, Message.Builder message) {
        Optional<Node> root = YamlDocument.compose(file, text);
        YamlToProto reading = new YamlToProto(file);
        if (root.isPresent() && !isNull(root.get())) {
            reading.message(root.get(), "", message);
        }
        return reading.places;
    }

    private void message(Node node, String path, Message.Builder message) {
        if (!(node instanceof MappingNode mapping)) {
            throw refused(
                    node,
                    (path.isEmpty() ? "the file" : path) + " is " + kind(node) + " and must be a mapping of keys");
        }
        Set<FieldDescriptor> seen = new HashSet<>();
        for (Map.Entry<ScalarNode, Node> pair : pairs(mapping, path).entrySet()) {
            String key = pair.getKey().getValue();
            FieldDescriptor field = field(message.getDescriptorForType(), pair.getKey(), key, path);
            String inner = path.isEmpty() ? key : path + "." + key;
            if (!seen.add(field)) {
                throw refused(pair.getKey(), inner + " is there twice");
            }
            if (isNull(pair.getValue())) {
                continue;
            }
            OneofDescriptor oneof = field.getRealContainingOneof();
            if (oneof != null && message.hasOneof(oneof)) {
                FieldDescriptor other = message.getOneofFieldDescriptor(oneof);
                throw refused(
                        pair.getKey(),
                        inner + " and " + (other == null ? "" : other.getName()) + " exclude each other; keep one");
            }
            places.put(inner, YamlDocument.place(pair.getValue()));
            set(message, field, pair.getValue(), inner);
        }
    }

    /** Keys with their values; what is merged in by {@code <<} gives way to what stands here. */
    private Map<ScalarNode, Node> pairs(MappingNode mapping, String path) {
        count(mapping, 1 + mapping.getValue().size());
        Map<ScalarNode, Node> pairs = new LinkedHashMap<>();
        Map<ScalarNode, Node> merged = new LinkedHashMap<>();
        Set<String> own = new HashSet<>();
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw refused(
                        tuple.getKeyNode(),
                        "a key" + below(path) + " is " + kind(tuple.getKeyNode()) + " and must be text");
            }
            if (key.getValue().equals("<<")) {
                mergedIn(tuple.getValueNode(), path).forEach(merged::put);
            } else {
                pairs.put(key, tuple.getValueNode());
                own.add(key.getValue());
            }
        }
        merged.forEach((key, value) -> {
            if (own.add(key.getValue())) {
                pairs.put(key, value);
            }
        });
        return pairs;
    }

    private Map<ScalarNode, Node> mergedIn(Node node, String path) {
        // An alias may merge in what merges in another, and at last itself.
        if (merging == YamlDocument.DEPTH_MAX) {
            throw refused(
                    node, "more than " + YamlDocument.DEPTH_MAX + " merges (<<)" + below(path) + " in each other");
        }
        merging++;
        Map<ScalarNode, Node> all = new LinkedHashMap<>();
        List<Node> sources = node instanceof SequenceNode sequence ? sequence.getValue() : List.of(node);
        for (Node source : sources) {
            if (!(source instanceof MappingNode mapping)) {
                throw refused(source, "<<" + below(path) + " is " + kind(source) + " and must be a mapping of keys");
            }
            Map<ScalarNode, Node> found = pairs(mapping, path);
            // A merge costs what it brings, and may bring it again and again.
            count(mapping, found.size());
            all.putAll(found);
        }
        merging--;
        return all;
    }

    private FieldDescriptor field(Descriptor type, Node place, String key, String path) {
        List<String> names = new ArrayList<>();
        for (FieldDescriptor field : type.getFields()) {
            if (field.getName().equals(key) || field.getJsonName().equals(key)) {
                return field;
            }
            names.add(field.getName());
        }
        String hint = NearestName.of(key, names)
                .map(name -> "; did you mean " + name + "?")
                .orElse(names.isEmpty() ? "; none is allowed here" : "; known are " + String.join(", ", names));
        throw refused(place, "unknown key " + key + below(path) + hint);
    }

    private void set(Message.Builder message, FieldDescriptor field, Node node, String path) {
        if (field.isMapField()) {
            map(message, field, node, path);
        } else if (field.isRepeated()) {
            if (!(node instanceof SequenceNode sequence)) {
                throw refused(node, path + " is " + kind(node) + " and must be a list");
            }
            count(sequence, 1);
            int index = 0;
            for (Node element : sequence.getValue()) {
                String place = path + "[" + index++ + "]";
                places.put(place, YamlDocument.place(element));
                message.addRepeatedField(field, value(inner(message, field), field, element, place));
            }
        } else {
            message.setField(field, value(inner(message, field), field, node, path));
        }
    }

    /** Where the content of a message field goes; for other fields it does not matter. */
    private static Message.Builder inner(Message.Builder message, FieldDescriptor field) {
        return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE ? message.newBuilderForField(field) : message;
    }

    private void map(Message.Builder message, FieldDescriptor field, Node node, String path) {
        if (!(node instanceof MappingNode mapping)) {
            throw refused(node, path + " is " + kind(node) + " and must be a mapping of keys");
        }
        for (Map.Entry<ScalarNode, Node> pair : pairs(mapping, path).entrySet()) {
            Message.Builder entry = message.newBuilderForField(field);
            FieldDescriptor value = entry.getDescriptorForType().findFieldByName("value");
            entry.setField(
                    entry.getDescriptorForType().findFieldByName("key"),
                    checkedText(pair.getKey().getValue(), pair.getKey(), path));
            entry.setField(
                    value,
                    value(
                            entry,
                            value,
                            pair.getValue(),
                            path + "." + pair.getKey().getValue()));
            message.addRepeatedField(field, entry.build());
        }
    }

    /** @param inner the builder to fill when the field holds a message */
    private Object value(Message.Builder inner, FieldDescriptor field, Node node, String path) {
        count(node, 1);
        boolean duration = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                && field.getMessageType().getFullName().equals("google.protobuf.Duration");
        if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !duration) {
            message(node, path, inner);
            return inner.build();
        }
        if (!(node instanceof ScalarNode scalarNode)) {
            throw refused(node, path + " is " + kind(node) + " and must be a single value");
        }
        YamlScalar scalar = YamlScalar.of(scalarNode);
        if (duration) {
            return duration(scalar, node, path);
        }
        return switch (field.getJavaType()) {
            case STRING ->
                switch (scalar) {
                    case YamlScalar.Text(String text) -> checkedText(text, node, path);
                    default ->
                        throw refused(node, path + " is " + scalar.kind() + " and must be text; put it in quotes");
                };
            case BOOLEAN ->
                switch (scalar) {
                    case YamlScalar.Bool(boolean bool) -> bool;
                    default -> throw refused(node, path + " is " + scalar.kind() + " and must be true or false");
                };
            case LONG ->
                switch (scalar) {
                    case YamlScalar.Int(long number) -> number;
                    default -> throw refused(node, path + " is " + scalar.kind() + " and must be a whole number");
                };
            case ENUM -> enumValue(field, scalar, node, path);
            case INT, FLOAT, DOUBLE, BYTE_STRING, MESSAGE ->
                throw new IllegalStateException("no configuration has a field like " + field.getFullName());
        };
    }

    /** Databases do not keep U+0000, nor halves of characters, and no name has them. */
    private String checkedText(String text, Node node, String path) {
        if (text.indexOf('\0') >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw refused(node, path + " has a character that no text can have");
        }
        return text;
    }

    private EnumValueDescriptor enumValue(FieldDescriptor field, YamlScalar scalar, Node node, String path) {
        String name = scalar instanceof YamlScalar.Text(String text) ? text : "";
        EnumValueDescriptor value = field.getEnumType().findValueByName(name);
        if (value == null) {
            List<String> names = field.getEnumType().getValues().stream()
                    .map(EnumValueDescriptor::getName)
                    .toList();
            throw refused(node, path + " is " + scalar.kind() + " and must be one of " + String.join(", ", names));
        }
        return value;
    }

    private Duration duration(YamlScalar scalar, Node node, String path) {
        String text = scalar instanceof YamlScalar.Text(String value) ? value : "";
        if (!DURATION.matcher(text).matches()) {
            throw refused(node, path + " is " + scalar.kind() + " and must be seconds such as 300s");
        }
        BigDecimal seconds = new BigDecimal(text.substring(0, text.length() - 1));
        java.time.Duration exact = java.time.Duration.ofSeconds(
                seconds.longValue(),
                seconds.remainder(BigDecimal.ONE).movePointRight(9).longValue());
        // Both parts have the sign of the whole in a proto, whereas java.time keeps nanoseconds positive.
        boolean borrowed = exact.isNegative() && exact.getNano() > 0;
        return Duration.newBuilder()
                .setSeconds(borrowed ? exact.getSeconds() + 1 : exact.getSeconds())
                .setNanos(borrowed ? exact.getNano() - 1_000_000_000 : exact.getNano())
                .build();
    }

    private void count(Node node, int more) {
        nodes += more;
        if (nodes > NODES_MAX) {
            throw refused(node, "the file unfolds to more than " + NODES_MAX + " values; use fewer aliases");
        }
    }

    private static boolean isNull(Node node) {
        return node instanceof ScalarNode scalar && YamlScalar.of(scalar) instanceof YamlScalar.Null;
    }

    private static String kind(Node node) {
        return switch (node) {
            case MappingNode mapping -> "a mapping";
            case SequenceNode sequence -> "a list";
            case ScalarNode scalar -> YamlScalar.of(scalar).kind();
            default -> "something else";
        };
    }

    private static String below(String path) {
        return path.isEmpty() ? "" : " in " + path;
    }

    private FairleadException refused(Node node, String what) {
        return new FairleadException("configuration.invalid", file + ":" + YamlDocument.place(node) + ": " + what);
    }
}
