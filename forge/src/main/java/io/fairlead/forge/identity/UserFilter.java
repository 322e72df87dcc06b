package io.fairlead.forge.identity;

import io.fairlead.forge.database.LikePattern;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Which accounts a list is to hold.
 *
 * @param username only this one
 * @param search part of the name or user name, or a whole e-mail address; empty for all
 * @param state only those in it
 * @param humansOnly no bots
 */
public record UserFilter(Optional<String> username, String search, Optional<User.State> state, boolean humansOnly) {
    String where() {
        StringBuilder sql = new StringBuilder("where kind <> 'ghost'");
        if (username.isPresent()) {
            sql.append(" and username_folded = :username");
        }
        if (!search.isEmpty()) {
            sql.append(" and (username_folded like :search escape '!' or lower(name) like :search escape '!'"
                    + " or lower(email) = :email)");
        }
        if (state.isPresent()) {
            sql.append(" and state = :state");
        }
        if (humansOnly) {
            sql.append(" and kind = 'human'");
        }
        return sql.toString();
    }

    Map<String, Object> parameters() {
        Map<String, Object> values = new LinkedHashMap<>();
        username.ifPresent(name -> values.put("username", name.toLowerCase(Locale.ROOT)));
        if (!search.isEmpty()) {
            values.put("search", LikePattern.containing(search));
            values.put("email", search.toLowerCase(Locale.ROOT));
        }
        state.ifPresent(value -> values.put("state", value.text()));
        return values;
    }
}
