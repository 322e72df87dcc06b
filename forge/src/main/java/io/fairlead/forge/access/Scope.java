package io.fairlead.forge.access;

import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a token may be used for. Those after {@link #SUDO} open nothing here yet; clients ask for them. */
public enum Scope {
    API,
    READ_API,
    READ_USER,
    K8S_PROXY,
    READ_REPOSITORY,
    WRITE_REPOSITORY,
    SELF_ROTATE,
    SUDO,
    CREATE_RUNNER,
    MANAGE_RUNNER,
    READ_REGISTRY,
    WRITE_REGISTRY,
    READ_PACKAGE_REGISTRY,
    WRITE_PACKAGE_REGISTRY;

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Scope> of(String text) {
        return Arrays.stream(values()).filter(s -> s.text().equals(text)).findFirst();
    }

    /** The texts in the order of declaration. */
    public static List<String> texts(Collection<Scope> scopes) {
        return scopes.stream().sorted().map(Scope::text).toList();
    }

    /** Reads what {@link #store} wrote. */
    public static Set<Scope> stored(String text) {
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        for (String part : text.split(" ", -1)) {
            of(part).ifPresent(scopes::add);
        }
        return scopes;
    }

    public static String store(Collection<Scope> scopes) {
        return String.join(" ", texts(scopes));
    }
}
