package io.fairlead.forge.namespace;

import io.fairlead.forge.access.Role;
import io.fairlead.forge.database.LikePattern;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which groups a list is to hold, of those that its caller may see.
 *
 * @param parentId only those right in this group
 * @param ancestorId only those anywhere below this group
 * @param least only those in which the caller is at least this
 * @param search part of the name or path, empty for all
 * @param today decides which memberships still hold
 */
public record GroupFilter(
        long userId,
        boolean admin,
        OptionalLong parentId,
        OptionalLong ancestorId,
        boolean topOnly,
        Optional<Role> least,
        boolean withPersonal,
        String search,
        LocalDate today) {
    private static final String ALIVE = " (r.expires_on is null or r.expires_on > :today)";

    /** Whoever is something in a group, in one below it or in a project of those may see the group. */
    static final String SEEN = """
            (n.visibility <> 'private' or n.id in (
              select a.ancestor_id from group_roles r join namespace_ancestry a on a.namespace_id = r.namespace_id
              where r.user_id = :user and""" + ALIVE + """
               union all
              select a.ancestor_id from direct_project_roles r join projects p on p.id = r.project_id
              join namespace_ancestry a on a.namespace_id = p.namespace_id
              where r.user_id = :user and""" + ALIVE + "))";

    /** All groups that someone may see. */
    public static GroupFilter of(long userId, boolean admin, LocalDate today) {
        return new GroupFilter(
                userId, admin, OptionalLong.empty(), OptionalLong.empty(), false, Optional.empty(), false, "", today);
    }

    String where() {
        StringBuilder sql = new StringBuilder("where ");
        if (withPersonal) {
            sql.append(admin ? "(1 = 1)" : "(n.kind = 'group' or n.owner_id = :user)");
        } else {
            sql.append("n.kind = 'group'");
        }
        if (!admin) {
            sql.append(" and ").append(SEEN);
        }
        if (parentId.isPresent()) {
            sql.append(" and n.parent_id = :parent");
        }
        if (ancestorId.isPresent()) {
            sql.append(" and n.id in (select namespace_id from namespace_ancestry"
                    + " where ancestor_id = :ancestor and distance > 0)");
        }
        if (topOnly) {
            sql.append(" and n.parent_id is null");
        }
        if (least.isPresent()) {
            sql.append(" and n.id in (select r.namespace_id from group_roles r"
                            + " where r.user_id = :user and r.access_level >= :least and")
                    .append(ALIVE)
                    .append(")");
        }
        if (!search.isEmpty()) {
            sql.append(" and (n.full_path_folded like :search escape '!' or lower(n.name) like :search escape '!')");
        }
        return sql.toString();
    }

    Map<String, Object> parameters() {
        Map<String, Object> values = new LinkedHashMap<>();
        if (!admin || least.isPresent()) {
            values.put("user", userId);
            values.put("today", today.toString());
        }
        parentId.ifPresent(id -> values.put("parent", id));
        ancestorId.ifPresent(id -> values.put("ancestor", id));
        least.ifPresent(role -> values.put("least", role.level()));
        if (!search.isEmpty()) {
            values.put("search", LikePattern.containing(search));
        }
        return values;
    }
}
