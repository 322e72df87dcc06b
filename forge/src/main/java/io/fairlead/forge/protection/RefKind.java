package io.fairlead.forge.protection;

/** What is protected: branches or tags. */
public enum RefKind {
    BRANCH("refs/heads/"),
    TAG("refs/tags/");

    private final String prefix;

    RefKind(String prefix) {
        this.prefix = prefix;
    }

    /** What the full names of its references begin with. */
    public String prefix() {
        return prefix;
    }

    String text() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
