package io.fairlead.agentcfg.text;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import io.fairlead.base.json.Json;
import java.math.BigDecimal;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a message as JSON the way kas writes a configuration to GitLab, and GitLab keeps it: field names as in the proto, int64 as text, durations as
 * {@code 10s}, what is not set left out.
 */
public final class ProtoToJson {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private ProtoToJson() {}

    public static JsonNode of(Message message) {
        if (message instanceof Duration duration) {
            BigDecimal seconds =
                    BigDecimal.valueOf(duration.getSeconds()).add(BigDecimal.valueOf(duration.getNanos(), 9));
            return NODES.stringNode(seconds.stripTrailingZeros().toPlainString() + "s");
        }
        ObjectNode object = Json.mapper().createObjectNode();
        message.getAllFields().forEach((field, value) -> object.set(field.getName(), field(field, value)));
        return object;
    }

    private static JsonNode field(FieldDescriptor field, Object value) {
        if (field.isMapField()) {
            ObjectNode object = NODES.objectNode();
            for (Object element : (List<?>) value) {
                Message entry = (Message) element;
                FieldDescriptor key = entry.getDescriptorForType().findFieldByName("key");
                FieldDescriptor inner = entry.getDescriptorForType().findFieldByName("value");
                object.set(entry.getField(key).toString(), single(entry.getField(inner)));
            }
            return object;
        }
        if (field.isRepeated()) {
            ArrayNode array = NODES.arrayNode();
            ((List<?>) value).forEach(element -> array.add(single(element)));
            return array;
        }
        return single(value);
    }

    private static JsonNode single(Object value) {
        return switch (value) {
            case Message message -> of(message);
            case EnumValueDescriptor name -> NODES.stringNode(name.getName());
            case Long number -> NODES.stringNode(number.toString());
            case Boolean bool -> NODES.booleanNode(bool);
            case String text -> NODES.stringNode(text);
            case ByteString bytes -> NODES.binaryNode(bytes.toByteArray());
            default -> throw new IllegalStateException("no configuration has a value of " + value.getClass());
        };
    }
}
