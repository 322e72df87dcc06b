package io.fairlead.forge.member;

import io.fairlead.forge.database.LikePattern;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Which members a list is to hold.
 *
 * @param search part of the name or user name, empty for all
 * @param userId only this one
 */
public record MemberFilter(String search, OptionalLong userId) {
    public static final MemberFilter ALL = new MemberFilter("", OptionalLong.empty());

    String sql() {
        return (search.isEmpty()
                        ? ""
                        : " and (u.username_folded like :search escape '!' or lower(u.name) like :search escape '!')")
                + (userId.isEmpty() ? "" : " and m.user_id = :only");
    }

    Map<String, Object> parameters() {
        Map<String, Object> values = new LinkedHashMap<>();
        if (!search.isEmpty()) {
            values.put("search", LikePattern.containing(search));
        }
        userId.ifPresent(id -> values.put("only", id));
        return values;
    }
}
