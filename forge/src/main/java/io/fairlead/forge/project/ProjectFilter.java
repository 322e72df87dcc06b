package io.fairlead.forge.project;

import io.fairlead.forge.access.Role;
import io.fairlead.forge.access.Visibility;
import io.fairlead.forge.database.LikePattern;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which projects a list is to hold, of those that its caller may see.
 *
 * @param least only those in which the caller is at least this
 * @param owned only those in the caller's own namespace, or in which the caller is an owner
 * @param namespaceId only those in this namespace
 * @param below also those in the groups below it
 * @param search part of the path or name, empty for all
 * @param today decides which memberships still hold
 */
public record ProjectFilter(
        long userId,
        boolean admin,
        Optional<Role> least,
        boolean owned,
        OptionalLong namespaceId,
        boolean below,
        Optional<Visibility> visibility,
        String search,
        LocalDate today) {
    /** The ids of projects in which {@code :user} is at least {@code :least}, or anything without that. */
    private static String in(boolean least) {
        String which = " where r.user_id = :user and (r.expires_on is null or r.expires_on > :today)"
                + (least ? " and r.access_level >= :least" : "");
        return "p.id in (select r.project_id from direct_project_roles r" + which
                + " union all select q.id from group_roles r join projects q on q.namespace_id = r.namespace_id" + which
                + ")";
    }

    String where() {
        StringBuilder sql = new StringBuilder("where 1 = 1");
        if (!admin) {
            sql.append(" and (p.visibility <> 'private' or ").append(in(false)).append(")");
        }
        if (atLeast().isPresent()) {
            sql.append(" and ").append(in(true));
        }
        if (namespaceId.isPresent()) {
            sql.append(
                    below
                            ? " and p.namespace_id in (select namespace_id from namespace_ancestry"
                                    + " where ancestor_id = :namespace)"
                            : " and p.namespace_id = :namespace");
        }
        if (visibility.isPresent()) {
            sql.append(" and p.visibility = :visibility");
        }
        if (!search.isEmpty()) {
            sql.append(" and (p.full_path_folded like :search escape '!' or lower(p.name) like :search escape '!')");
        }
        return sql.toString();
    }

    private Optional<Role> atLeast() {
        return owned ? Optional.of(Role.OWNER) : least;
    }

    Map<String, Object> parameters() {
        Map<String, Object> values = new LinkedHashMap<>();
        if (!admin || atLeast().isPresent()) {
            values.put("user", userId);
            values.put("today", today.toString());
        }
        atLeast().ifPresent(role -> values.put("least", role.level()));
        namespaceId.ifPresent(id -> values.put("namespace", id));
        visibility.ifPresent(value -> values.put("visibility", value.text()));
        if (!search.isEmpty()) {
            values.put("search", LikePattern.containing(search));
        }
        return values;
    }
}
