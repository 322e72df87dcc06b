package io.fairlead.forge.member;

import io.fairlead.forge.access.Role;
import io.fairlead.forge.database.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The direct members of projects and groups in the database. */
public final class MemberQueries {
    /** Thrown when a group would be left without an owner for good. */
    public static final class LastOwner extends RuntimeException {
        private static final long serialVersionUID = 1;

        LastOwner() {
            super("the last owner of a group stays", null, false, false);
        }
    }

    private static final String ALIVE = " (expires_on is null or expires_on > :today) ";

    private final Database database;
    private final InstantSource clock;

    public MemberQueries(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    private String today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).toString();
    }

    /** Adds someone; nothing when they are a member already. */
    public Optional<Member> add(Membership where, long userId, Role role, @Nullable LocalDate expiresOn) {
        return database.write(handle -> {
            handle.createUpdate("delete from " + where.table() + " where " + where.column()
                            + " = :where and user_id = :user and expires_on <= :today")
                    .bind("where", where.id())
                    .bind("user", userId)
                    .bind("today", today())
                    .execute();
            return handle.createUpdate("insert into " + where.table() + " (" + where.column()
                                            + ", user_id, access_level, expires_on, created_at)"
                                            + " values (:where, :user, :level, :expires, :now) on conflict do nothing")
                                    .bind("where", where.id())
                                    .bind("user", userId)
                                    .bind("level", role.level())
                                    .bind("expires", expiresOn == null ? null : expiresOn.toString())
                                    .bind("now", clock.millis())
                                    .execute()
                            == 1
                    ? one(handle, where, userId)
                    : Optional.empty();
        });
    }

    /**
     * Changes a member's role and end; nothing when they are no member.
     *
     * @throws LastOwner when that would leave a group without an owner for good
     */
    public Optional<Member> change(Membership where, long userId, Role role, @Nullable LocalDate expiresOn) {
        return database.write(handle -> {
            if (role != Role.OWNER || expiresOn != null) {
                keepAnOwner(handle, where, userId);
            }
            handle.createUpdate("update " + where.table() + " set access_level = :level, expires_on = :expires where "
                            + where.column() + " = :where and user_id = :user")
                    .bind("where", where.id())
                    .bind("user", userId)
                    .bind("level", role.level())
                    .bind("expires", expiresOn == null ? null : expiresOn.toString())
                    .execute();
            return one(handle, where, userId);
        });
    }

    /** Whether there was such a member. */
    public boolean remove(Membership where, long userId) {
        return database.write(handle -> remove(handle, where, userId));
    }

    /**
     * As {@link #remove} for one whom others may depend on.
     *
     * @throws LastOwner when that would leave a group without an owner for good
     */
    public boolean removeUnlessLastOwner(Membership where, long userId) {
        return database.write(handle -> {
            keepAnOwner(handle, where, userId);
            return remove(handle, where, userId);
        });
    }

    private static boolean remove(Handle handle, Membership where, long userId) {
        return handle.createUpdate("delete from " + where.table() + " where " + where.column()
                                + " = :where and user_id = :user")
                        .bind("where", where.id())
                        .bind("user", userId)
                        .execute()
                == 1;
    }

    /** In the transaction that changes: two owners who go at once must not both be told that the other stays. */
    private static void keepAnOwner(Handle handle, Membership where, long userId) {
        if (!(where instanceof Membership.InGroup(long group))) {
            return;
        }
        List<Long> owners =
                handle.createQuery("""
                        select user_id from namespace_members
                        where namespace_id = :group and access_level = 50 and expires_on is null limit 2""").bind("group", group).mapTo(Long.class).list();
        if (owners.equals(List.of(userId))) {
            throw new LastOwner();
        }
    }

    public Optional<Member> one(Membership where, long userId) {
        return database.read(handle -> one(handle, where, userId));
    }

    /** A part of the direct members by id. */
    public List<Member> list(Membership where, MemberFilter filter, long offset, int limit) {
        return database.read(handle -> handle.createQuery(
                        select(where) + filter.sql() + " order by m.user_id limit :limit offset :offset")
                .bind("where", where.id())
                .bind("today", today())
                .bindMap(filter.parameters())
                .bind("limit", limit)
                .bind("offset", offset)
                .map((row, context) -> member(row))
                .list());
    }

    public long count(Membership where, MemberFilter filter) {
        return database.read(
                handle -> handle.createQuery("select count(*) from (" + select(where) + filter.sql() + ") x")
                        .bind("where", where.id())
                        .bind("today", today())
                        .bindMap(filter.parameters())
                        .mapTo(Long.class)
                        .one());
    }

    /** A part of everybody who is something there, for whatever reason, each with the highest role; by id. */
    public List<Member> listAll(Membership where, MemberFilter filter, long offset, int limit) {
        return database.read(handle -> handle.createQuery(
                        selectAll(where) + filter.sql() + " order by m.user_id limit :limit offset :offset")
                .bind("where", where.id())
                .bind("today", today())
                .bindMap(filter.parameters())
                .bind("limit", limit)
                .bind("offset", offset)
                .map((row, context) -> member(row))
                .list());
    }

    public long countAll(Membership where, MemberFilter filter) {
        return database.read(
                handle -> handle.createQuery("select count(*) from (" + selectAll(where) + filter.sql() + ") x")
                        .bind("where", where.id())
                        .bind("today", today())
                        .bindMap(filter.parameters())
                        .mapTo(Long.class)
                        .one());
    }

    /** The role that membership of a group above gives someone. */
    public Optional<Role> inherited(Membership where, long userId) {
        String above = switch (where) {
            case Membership.InProject _ -> "a.namespace_id = (select namespace_id from projects where id = :where)";
            case Membership.InGroup _ -> "a.namespace_id = :where and a.distance > 0";
        };
        return database.read(handle -> handle.createQuery("""
                        select max(m.access_level) from namespace_ancestry a
                        join namespace_members m on m.namespace_id = a.ancestor_id
                        where m.user_id = :user and (m.expires_on is null or m.expires_on > :today) and\s""" + above)
                .bind("where", where.id())
                .bind("user", userId)
                .bind("today", today())
                .map((row, context) -> Role.ofLevel(row.getLong(1)))
                .one());
    }

    private static String select(Membership where) {
        return """
                select m.user_id, m.access_level, m.expires_on, m.created_at, u.username, u.name
                from\s""" + where.table() + " m join users u on u.id = m.user_id where m." + where.column()
                + " = :where and (m.expires_on is null or m.expires_on > :today)";
    }

    private static String selectAll(Membership where) {
        return """
                select m.user_id, m.access_level, cast(null as text) as expires_on, u.created_at, u.username, u.name
                from (select user_id, max(access_level) as access_level from\s""" + where.roles() + " where " + where.column() + """
                 = :where and\s""" + ALIVE + """
                 group by user_id) m
                join users u on u.id = m.user_id where 1 = 1""";
    }

    private Optional<Member> one(Handle handle, Membership where, long userId) {
        return handle.createQuery(select(where) + " and m.user_id = :user")
                .bind("where", where.id())
                .bind("user", userId)
                .bind("today", today())
                .map((row, context) -> member(row))
                .findOne();
    }

    private static Member member(ResultSet row) throws SQLException {
        String expires = row.getString("expires_on");
        return new Member(
                row.getLong("user_id"),
                row.getString("username"),
                row.getString("name"),
                Role.ofLevel(row.getLong("access_level")).orElse(Role.GUEST),
                expires == null ? null : LocalDate.parse(expires),
                Instant.ofEpochMilli(row.getLong("created_at")));
    }
}
