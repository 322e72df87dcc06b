package io.fairlead.cli.forge;

import java.util.Locale;

/** Who may see a project or a group. */
public enum Visibility {
    PRIVATE,
    INTERNAL,
    PUBLIC;

    /** As the API has it. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
