package io.fairlead.link.explanation.agent;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The Status of a refusal, which Kubernetes clients print the message of.
 *
 * @param message the API server's own words
 */
record RefusalStatus(byte[] json, String message) {
    private static final JsonFactory JSON = new JsonFactory();
    private static final Pattern WHO_CANNOT = Pattern.compile(": User \"((?:[^\"\\\\]++|\\\\.)*+)\" cannot ");

    /** One of a Status's causes, for programs: {@code reason} says what {@code message} holds. */
    record Cause(String reason, String message) {}

    /** Nothing when it is anything but a Status with a message that says Forbidden. */
    static Optional<RefusalStatus> read(byte[] json) {
        String kind = "";
        String reason = "";
        String message = "";
        try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), json)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = in.currentName();
                if (in.nextToken() == JsonToken.VALUE_STRING) {
                    switch (name) {
                        case "kind" -> kind = in.getString();
                        case "reason" -> reason = in.getString();
                        case "message" -> message = in.getString();
                        default -> {}
                    }
                }
                in.skipChildren();
            }
        } catch (JacksonException e) {
            return Optional.empty();
        }
        return kind.equals("Status") && reason.equals("Forbidden") && !message.isEmpty()
                ? Optional.of(new RefusalStatus(json, message))
                : Optional.empty();
    }

    /** Whom the API server's authorizer refused; nothing when something else did, such as a quota. */
    Optional<String> whoCannot() {
        Matcher matcher = WHO_CANNOT.matcher(message);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** Whether the agent was refused to act as somebody. */
    boolean ofImpersonation() {
        return whoCannot().isPresent() && message.contains(" cannot impersonate resource ");
    }

    /** The same Status with {@code sentence} after its message and {@code causes} beside those it has. */
    byte[] with(String sentence, List<Cause> causes) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(json.length + 1024);
        try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), json);
                JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            boolean detailed = false;
            in.nextToken();
            out.writeStartObject();
            while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = in.currentName();
                JsonToken value = in.nextToken();
                out.writeName(name);
                if (name.equals("message")) {
                    out.writeString(in.getString() + ". " + sentence);
                } else if (name.equals("details") && value == JsonToken.START_OBJECT) {
                    detailed = true;
                    details(in, out, causes);
                } else {
                    out.copyCurrentStructure(in);
                }
            }
            if (!detailed) {
                out.writeObjectPropertyStart("details");
                out.writeArrayPropertyStart("causes");
                causes(out, causes);
                out.writeEndArray();
                out.writeEndObject();
            }
            out.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private static void details(JsonParser in, JsonGenerator out, List<Cause> causes) {
        boolean written = false;
        out.writeStartObject();
        while (in.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = in.currentName();
            JsonToken value = in.nextToken();
            out.writeName(name);
            if (name.equals("causes") && value == JsonToken.START_ARRAY) {
                out.writeStartArray();
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    out.copyCurrentStructure(in);
                }
                causes(out, causes);
                out.writeEndArray();
                written = true;
            } else {
                out.copyCurrentStructure(in);
            }
        }
        if (!written) {
            out.writeArrayPropertyStart("causes");
            causes(out, causes);
            out.writeEndArray();
        }
        out.writeEndObject();
    }

    private static void causes(JsonGenerator out, List<Cause> causes) {
        for (Cause cause : causes) {
            out.writeStartObject();
            out.writeStringProperty("reason", cause.reason());
            out.writeStringProperty("message", cause.message());
            out.writeEndObject();
        }
    }
}
