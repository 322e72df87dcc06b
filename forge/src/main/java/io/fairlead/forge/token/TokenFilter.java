package io.fairlead.forge.token;

import io.fairlead.forge.database.LikePattern;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which tokens a list is to hold.
 *
 * @param userId those of this person
 * @param projectId those of this project's bots
 * @param groupId those of this group's bots
 * @param active whether only those that work, or only those that do not
 * @param search part of the name, empty for all
 */
public record TokenFilter(
        OptionalLong userId, OptionalLong projectId, OptionalLong groupId, Optional<Boolean> active, String search) {
    String where() {
        StringBuilder sql = new StringBuilder("where 1 = 1");
        if (userId.isPresent()) {
            sql.append(" and t.user_id = :user");
        }
        if (projectId.isPresent()) {
            sql.append(" and u.bot_project_id = :project");
        }
        if (groupId.isPresent()) {
            sql.append(" and u.bot_namespace_id = :group");
        }
        active.ifPresent(works -> sql.append(works ? " and " : " and not ")
                .append("(t.revoked = 0 and (t.expires_on is null or t.expires_on > :today))"));
        if (!search.isEmpty()) {
            sql.append(" and lower(t.name) like :search escape '!'");
        }
        return sql.toString();
    }

    Map<String, Object> parameters(String today) {
        Map<String, Object> values = new LinkedHashMap<>();
        userId.ifPresent(id -> values.put("user", id));
        projectId.ifPresent(id -> values.put("project", id));
        groupId.ifPresent(id -> values.put("group", id));
        active.ifPresent(works -> values.put("today", today));
        if (!search.isEmpty()) {
            values.put("search", LikePattern.containing(search));
        }
        return values;
    }
}
