package io.fairlead.forge.identity;

import java.time.Instant;
import java.util.Locale;

/** Someone with an account here: a person, or whom the tokens of a project or group speak for. */
public record User(
        long id, String username, String name, String email, boolean admin, State state, Kind kind, Instant createdAt) {
    /** Whether someone may do anything at all. */
    public enum State {
        ACTIVE,
        BLOCKED;

        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public enum Kind {
        HUMAN,
        PROJECT_BOT,
        GROUP_BOT,
        /** Stands for people who are gone. */
        GHOST;

        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public boolean active() {
        return state == State.ACTIVE;
    }

    public boolean human() {
        return kind == Kind.HUMAN;
    }
}
