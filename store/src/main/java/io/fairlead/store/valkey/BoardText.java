package io.fairlead.store.valkey;

import io.fairlead.link.routing.KasBoard.Change;
import io.fairlead.link.routing.KasBoard.Notice;
import io.fairlead.link.routing.KasPlace;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Notices as they travel on the channel: words parted by spaces. {@code changed ID URL BEFORE AFTER +7 -9 ...}, {@code
 * replaced ID}, {@code left ID}.
 */
final class BoardText {
    private static final int CHANGED_WORDS_MIN = 5;

    private BoardText() {}

    static String of(Notice notice) {
        return switch (notice) {
            case Notice.Changed(Change change) -> {
                List<String> words = new ArrayList<>(List.of(
                        "changed",
                        change.kas().id(),
                        change.kas().url().toString(),
                        Long.toString(change.before()),
                        Long.toString(change.after())));
                change.held().forEach(agent -> words.add("+" + agent));
                change.released().forEach(agent -> words.add("-" + agent));
                yield String.join(" ", words);
            }
            case Notice.Replaced(String kasId) -> "replaced " + kasId;
            case Notice.Left(String kasId) -> "left " + kasId;
        };
    }

    /** Empty when it is none of ours: somebody else's, or of a later version. */
    static Optional<Notice> read(String text) {
        String[] words = text.split(" ", -1);
        try {
            return switch (words[0]) {
                case "changed" -> words.length < CHANGED_WORDS_MIN ? Optional.empty() : Optional.of(changed(words));
                case "replaced" -> words.length == 2 ? Optional.of(new Notice.Replaced(words[1])) : Optional.empty();
                case "left" -> words.length == 2 ? Optional.of(new Notice.Left(words[1])) : Optional.empty();
                default -> Optional.empty();
            };
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Notice changed(String[] words) {
        Set<Long> held = new LinkedHashSet<>();
        Set<Long> released = new LinkedHashSet<>();
        for (int i = CHANGED_WORDS_MIN; i < words.length; i++) {
            long agent = Long.parseLong(words[i].substring(1));
            switch (words[i].charAt(0)) {
                case '+' -> held.add(agent);
                case '-' -> released.add(agent);
                default -> throw new IllegalArgumentException(words[i]);
            }
        }
        return new Notice.Changed(new Change(
                new KasPlace(words[1], URI.create(words[2])),
                Long.parseLong(words[3]),
                Long.parseLong(words[4]),
                held,
                released));
    }
}
