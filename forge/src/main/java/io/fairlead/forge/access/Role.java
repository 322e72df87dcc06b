package io.fairlead.forge.access;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a person is in a project, from least to most. The numbers are GitLab's and appear in its API. */
public enum Role {
    GUEST(10),
    REPORTER(20),
    DEVELOPER(30),
    MAINTAINER(40),
    OWNER(50);

    private final int level;

    Role(int level) {
        this.level = level;
    }

    public int level() {
        return level;
    }

    /** The name as it appears in groups of an impersonated person, such as {@code developer}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The name as people read it, such as {@code Developer}. */
    public String title() {
        return name().charAt(0) + text().substring(1);
    }

    public boolean atLeast(Role other) {
        return level >= other.level;
    }

    public static Optional<Role> ofLevel(long level) {
        return Arrays.stream(values()).filter(role -> role.level == level).findFirst();
    }

    /** The names of all roles this one includes, {@code guest} first. */
    public List<String> textsUpToThis() {
        return Arrays.stream(values()).filter(this::atLeast).map(Role::text).toList();
    }
}
