package io.fairlead.forge.identity;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What may be part of a full path: the names of people, groups and projects. */
public final class Names {
    private static final Pattern PART = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,253}[A-Za-z0-9_-]|[A-Za-z0-9_]");
    private static final Pattern AGENT = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    /** First parts of paths that belong to pages and the API. */
    private static final Set<String> RESERVED = Set.of(
            "-",
            "admin",
            "api",
            "assets",
            "dashboard",
            "explore",
            "groups",
            "health_check",
            "help",
            "import",
            "jwt",
            "oauth",
            "profile",
            "projects",
            "public",
            "search",
            "snippets",
            "unsubscribe",
            "uploads",
            "users",
            "v2");

    private Names() {}

    /** Whether {@code text} may name a project. */
    public static boolean part(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return PART.matcher(text).matches()
                && !lower.endsWith(".git")
                && !lower.endsWith(".atom")
                && !text.contains("..");
    }

    /** Whether {@code text} may name a person or a top-level group. */
    public static boolean top(String text) {
        return part(text) && !RESERVED.contains(text.toLowerCase(Locale.ROOT));
    }

    /** Whether {@code text} may name an agent: a DNS label. */
    public static boolean agent(String text) {
        return AGENT.matcher(text).matches();
    }
}
