package io.fairlead.base.json;

import io.fairlead.base.error.FairleadException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON as every process reads and writes it: records, unknown members ignored (the other side may be newer), nesting and
 * text lengths bounded.
 */
public final class Json {
    private static final int NESTING_MAX = 200;
    private static final int TEXT_LENGTH_MAX = 20_000_000;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(NESTING_MAX)
                            .maxStringLength(TEXT_LENGTH_MAX)
                            .build())
                    .build())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private Json() {}

    /** The shared mapper, for streams and anything this class does not offer. It is immutable. */
    public static ObjectMapper mapper() {
        return MAPPER;
    }

    /** Parses a text to a tree. */
    public static JsonNode tree(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JacksonException e) {
            throw invalid(e);
        }
    }

    /** Parses a text to a record. */
    public static <T> T read(String text, Class<T> type) {
        try {
            return MAPPER.readValue(text, type);
        } catch (JacksonException e) {
            throw invalid(e);
        }
    }

    /** One line of JSON. */
    public static String write(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    /** Indented JSON for people. */
    public static String writePretty(Object value) {
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value);
    }

    /** The offending text itself stays out of the message: it may hold a secret. */
    private static FairleadException invalid(JacksonException e) {
        var place = e.getLocation();
        String where = place == null ? "" : " at line " + place.getLineNr() + ", column " + place.getColumnNr();
        return new FairleadException("json.invalid", "the text is not the JSON that was expected" + where, e);
    }
}
