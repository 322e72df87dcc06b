package io.fairlead.forge.api;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The parameters of a request: those of the query and of the body, whether form or JSON, in one object as GitLab has them.
 *
 * <p>Members of a form named {@code name[]} make a list, those named {@code name[member]} an object ({@link FormNames}).
 */
public final class Parameters {
    /** Days are compared as texts, which holds for years of four digits. */
    private static final int YEAR_MAX = 9999;

    /** As long as GitLab lets a search be; the database takes no longer patterns than some 50,000 bytes. */
    private static final int SEARCH_CHARS_MAX = 4096;

    private final ObjectNode values;

    Parameters(ObjectNode values) {
        this.values = values;
    }

    /** The whole of it, for bodies that are documents. */
    public ObjectNode tree() {
        return values;
    }

    /** A text that must be there and not be blank. */
    public String requiredText(String name) {
        String value = text(name).orElseThrow(() -> ApiError.badParameter(name + " is missing"));
        if (value.isBlank()) {
            throw ApiError.badParameter(name + " is empty");
        }
        return value;
    }

    /** What a list is searched for, under whatever name; nothing for all of it. */
    public Optional<String> searched(String name) {
        Optional<String> search = text(name).filter(text -> !text.isEmpty());
        if (search.filter(text -> text.length() > SEARCH_CHARS_MAX).isPresent()) {
            throw ApiError.badParameter(name + " is too long (maximum is " + SEARCH_CHARS_MAX + " characters)");
        }
        return search;
    }

    /** A text; nothing when it is absent or null. Numbers are taken as texts, as forms have them. */
    public Optional<String> text(String name) {
        JsonNode node = values.get(name);
        if (node == null || node.isNull()) {
            return Optional.empty();
        }
        if (node.isContainer()) {
            throw ApiError.badParameter(name + " is invalid");
        }
        return Optional.of(node.asString());
    }

    /** Whether the parameter was given at all, be it as null. */
    public boolean has(String name) {
        return values.has(name);
    }

    /** A day such as {@code 2026-01-31}, which must come after {@code today}; nothing when it is absent, null or empty. */
    public Optional<LocalDate> dayAfter(String name, LocalDate today) {
        Optional<String> text = text(name).filter(value -> !value.isEmpty());
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            LocalDate day = LocalDate.parse(text.get());
            if (day.isAfter(today) && day.getYear() <= YEAR_MAX) {
                return Optional.of(day);
            }
        } catch (DateTimeException e) {
            throw ApiError.badParameter(name + " is invalid");
        }
        throw ApiError.invalid(name, "must be a future date");
    }

    /** A day, which is its beginning in UTC, or a time, after {@code now}; nothing when it is absent, null or empty. */
    public Optional<Instant> timeAfter(String name, Instant now) {
        Optional<String> text = text(name).filter(value -> !value.isEmpty());
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            Instant time = instant(text.get());
            if (time.isAfter(now)) {
                return Optional.of(time);
            }
        } catch (DateTimeException e) {
            throw ApiError.badParameter(name + " is invalid");
        }
        throw ApiError.invalid(name, "must be in the future");
    }

    public long requiredNumber(String name) {
        return number(name).orElseThrow(() -> ApiError.badParameter(name + " is missing"));
    }

    public OptionalLong number(String name) {
        JsonNode node = values.get(name);
        if (node == null || node.isNull()) {
            return OptionalLong.empty();
        }
        try {
            if (node.isIntegralNumber() && node.canConvertToLong()) {
                return OptionalLong.of(node.asLong());
            }
            if (node.isString()) {
                return OptionalLong.of(Long.parseLong(node.asString()));
            }
        } catch (NumberFormatException e) {
            throw ApiError.badParameter(name + " is invalid");
        }
        throw ApiError.badParameter(name + " is invalid");
    }

    public boolean flag(String name, boolean otherwise) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return otherwise;
        }
        return switch (text.get()) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw ApiError.badParameter(name + " is invalid");
        };
    }

    /** A time with its zone, or a day, which is its beginning in UTC; nothing when it is absent, null or empty. */
    public Optional<Instant> time(String name) {
        try {
            return text(name).filter(value -> !value.isEmpty()).map(Parameters::instant);
        } catch (DateTimeException e) {
            throw ApiError.badParameter(name + " is invalid");
        }
    }

    private static Instant instant(String text) {
        Instant time = text.length() > "2026-01-31".length()
                ? OffsetDateTime.parse(text).toInstant()
                : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        if (Math.abs(time.atOffset(ZoneOffset.UTC).getYear()) > YEAR_MAX) {
            throw new DateTimeException("too far away");
        }
        return time;
    }

    /** One of the texts that are allowed; nothing when it is absent, null or empty. */
    public Optional<String> oneOf(String name, Collection<String> allowed) {
        Optional<String> text = text(name).filter(value -> !value.isEmpty());
        if (text.isPresent() && !allowed.contains(text.get())) {
            throw ApiError.badParameter(name + " does not have a valid value");
        }
        return text;
    }

    /** The members of an object; none when it is absent or null. */
    public Parameters object(String name) {
        JsonNode node = values.get(name);
        if (node == null || node.isNull()) {
            return new Parameters(ForgeJson.MAPPER.createObjectNode());
        }
        if (node instanceof ObjectNode object) {
            return new Parameters(object);
        }
        throw ApiError.badParameter(name + " is invalid");
    }

    /** A list of objects; none when it is absent or null. */
    public List<Parameters> objects(String name) {
        JsonNode node = values.get(name);
        if (node == null || node.isNull()) {
            return List.of();
        }
        if (!(node instanceof ArrayNode array)) {
            throw ApiError.badParameter(name + " is invalid");
        }
        List<Parameters> objects = new ArrayList<>();
        for (JsonNode item : array) {
            if (!(item instanceof ObjectNode object)) {
                throw ApiError.badParameter(name + " is invalid");
            }
            objects.add(new Parameters(object));
        }
        return objects;
    }

    /** A list of texts; a single text is a list of one. */
    public List<String> texts(String name) {
        JsonNode node = values.get(name);
        if (node == null || node.isNull()) {
            return List.of();
        }
        if (!(node instanceof ArrayNode array)) {
            return text(name).map(List::of).orElse(List.of());
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode item : array) {
            if (item.isContainer() || item.isNull()) {
                throw ApiError.badParameter(name + " is invalid");
            }
            texts.add(item.asString());
        }
        return texts;
    }
}
