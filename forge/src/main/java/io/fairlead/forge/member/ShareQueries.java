package io.fairlead.forge.member;

import io.fairlead.forge.access.Role;
import io.fairlead.forge.database.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** With which groups projects and groups are shared, in the database. */
public final class ShareQueries {
    private final Database database;
    private final InstantSource clock;

    public ShareQueries(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Adds a share; whether there was none with that group. */
    public boolean add(Membership where, long groupId, Role most, @Nullable LocalDate expiresOn) {
        return database.write(handle -> {
            handle.createUpdate("delete from " + table(where) + " where " + where.column()
                            + " = :where and group_id = :group and expires_on <= :today")
                    .bind("where", where.id())
                    .bind("group", groupId)
                    .bind("today", today())
                    .execute();
            return handle.createUpdate("insert into " + table(where) + " (" + where.column()
                                    + ", group_id, access_level, expires_on, created_at)"
                                    + " values (:where, :group, :level, :expires, :now) on conflict do nothing")
                            .bind("where", where.id())
                            .bind("group", groupId)
                            .bind("level", most.level())
                            .bind("expires", expiresOn == null ? null : expiresOn.toString())
                            .bind("now", clock.millis())
                            .execute()
                    == 1;
        });
    }

    /** Whether there was such a share. */
    public boolean remove(Membership where, long groupId) {
        return database.write(handle -> handle.createUpdate("delete from " + table(where) + " where " + where.column()
                                + " = :where and group_id = :group")
                        .bind("where", where.id())
                        .bind("group", groupId)
                        .execute())
                == 1;
    }

    /** All that hold today, by the group's id. */
    public List<Share> list(Membership where) {
        return database.read(
                handle -> handle.createQuery("""
                        select s.group_id, s.access_level, s.expires_on, n.name, n.full_path
                        from\s""" + table(where) + " s join namespaces n on n.id = s.group_id where s."
                                + where.column() + """
                         = :where and (s.expires_on is null or s.expires_on > :today) order by s.group_id""")
                        .bind("where", where.id())
                        .bind("today", today())
                        .map((row, context) -> share(row))
                        .list());
    }

    private static String table(Membership where) {
        return switch (where) {
            case Membership.InProject _ -> "project_shares";
            case Membership.InGroup _ -> "namespace_shares";
        };
    }

    private String today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).toString();
    }

    private static Share share(ResultSet row) throws SQLException {
        String expires = row.getString("expires_on");
        return new Share(
                row.getLong("group_id"),
                row.getString("name"),
                row.getString("full_path"),
                Role.ofLevel(row.getLong("access_level")).orElse(Role.GUEST),
                expires == null ? null : LocalDate.parse(expires));
    }
}
