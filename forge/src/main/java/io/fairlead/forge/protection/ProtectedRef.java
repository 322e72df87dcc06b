package io.fairlead.forge.protection;

import io.fairlead.base.text.Wildcard;
import java.util.List;

/**
 * A branch or tag, or all whose names fit a pattern, with what only some may do.
 *
 * @param name a name, or a pattern in which {@code *} stands for anything
 * @param forcePush whether a push may throw commits away; for branches
 */
public record ProtectedRef(long id, RefKind kind, String name, boolean forcePush, List<Grant> grants) {
    static final int NAME_LENGTH_MAX = 255;

    /** Whether this protects what is named so, without the kind's prefix. */
    boolean covers(String shortName) {
        return Wildcard.fits(name, shortName);
    }

    List<Grant> grants(Grant.Action action) {
        return grants.stream().filter(grant -> grant.action() == action).toList();
    }
}
