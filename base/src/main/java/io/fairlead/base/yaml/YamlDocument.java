package io.fairlead.base.yaml;

import io.fairlead.base.error.FairleadException;
import java.util.Iterator;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** A YAML text of one document as a graph of nodes that keep their places. */
public final class YamlDocument {
    /** A configuration larger than this is a mistake, in characters. */
    public static final int LENGTH_MAX = 1 << 20;

    /** How deep collections may stand in each other. What reads them goes down with them, and our own need eight. */
    public static final int DEPTH_MAX = 64;

    private YamlDocument() {}

    /**
     * The root node, or nothing when the text holds no document. {@code name} is the file's name for messages.
     *
     * @throws FairleadException {@code yaml.invalid}, {@code yaml.too-large} or {@code yaml.too-deep}, with file, line and
     *     column
     */
    public static Optional<Node> compose(String name, String text) {
        if (text.length() > LENGTH_MAX) {
            throw new FairleadException(
                    "yaml.too-large",
                    name + " has " + text.length() + " characters, more than the " + LENGTH_MAX + " allowed");
        }
        LoadSettings settings = LoadSettings.builder()
                .setLabel(name)
                .setCodePointLimit(LENGTH_MAX)
                .build();
        try {
            boundDepth(name, new Parse(settings).parseString(text));
            Iterator<Node> documents =
                    new Compose(settings).composeAllFromString(text).iterator();
            Optional<Node> first = documents.hasNext() ? Optional.of(documents.next()) : Optional.empty();
            if (documents.hasNext()) {
                YamlPlace place = place(documents.next());
                throw new FairleadException(
                        "yaml.invalid", name + ":" + place + ": only one YAML document is allowed in this file");
            }
            return first;
        } catch (MarkedYamlEngineException e) {
            String where = e.getProblemMark().map(mark -> ":" + place(mark)).orElse("");
            throw new FairleadException("yaml.invalid", name + where + ": " + e.getProblem(), e);
        } catch (YamlEngineException e) {
            throw new FairleadException("yaml.invalid", name + ": " + e.getMessage(), e);
        }
    }

    /** Before anything is composed, for composing goes down with the text. */
    private static void boundDepth(String name, Iterable<Event> events) {
        int depth = 0;
        for (Event event : events) {
            switch (event.getEventId()) {
                case MappingStart, SequenceStart -> depth++;
                case MappingEnd, SequenceEnd -> depth--;
                default -> {}
            }
            if (depth > DEPTH_MAX) {
                String where =
                        event.getStartMark().map(mark -> ":" + place(mark)).orElse("");
                throw new FairleadException(
                        "yaml.too-deep",
                        name + where + ": more than " + DEPTH_MAX + " lists and mappings in each other");
            }
        }
    }

    /** Where a node begins. */
    public static YamlPlace place(Node node) {
        return node.getStartMark().map(YamlDocument::place).orElse(new YamlPlace(1, 1));
    }

    private static YamlPlace place(Mark mark) {
        return new YamlPlace(mark.getLine() + 1, mark.getColumn() + 1);
    }
}
