package io.fairlead.forge.protection;

import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * One line of who may do something to what is protected. One of the four counts, the others are empty.
 *
 * @param level the least role, by GitLab's number; {@link #NOBODY} for nobody
 */
public record Grant(
        long id,
        Action action,
        OptionalLong level,
        OptionalLong userId,
        OptionalLong groupId,
        OptionalLong deployKeyId) {
    public static final long NOBODY = 0;
    /** GitLab's number for administrators of the installation. */
    public static final long ADMINISTRATORS = 60;

    /** What is granted. Branches know the first three, tags the last. */
    public enum Action {
        PUSH,
        MERGE,
        UNPROTECT,
        CREATE;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Action of(String text) {
            return Arrays.stream(values())
                    .filter(action -> action.text().equals(text))
                    .findFirst()
                    .orElseThrow();
        }
    }

    static Grant toRole(Action action, long level) {
        return new Grant(
                0, action, OptionalLong.of(level), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
    }
}
