package io.fairlead.forge.project;

import io.fairlead.forge.access.Role;
import io.fairlead.forge.database.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Who is what in a project, in the database. {@link #roleOf} is the one resolver of roles: everything that asks for a
 * role asks it.
 */
public final class MemberQueries {
    private static final String SELECT = """
            select m.user_id, m.access_level, m.created_at, u.username, u.name
            from project_members m join users u on u.id = m.user_id where m.project_id = :project
            """;

    private final Database database;

    public MemberQueries(Database database) {
        this.database = database;
    }

    /** A person's role in a project; owners of the project's namespace are owners. Empty for people who are no members. */
    public Optional<Role> roleOf(long userId, long projectId) {
        return database.read(handle -> handle.createQuery("""
                        select max(level) from (
                          select access_level as level from project_members
                          where project_id = :project and user_id = :user
                          union all
                          select 50 from projects p join namespaces n on n.id = p.namespace_id
                          where p.id = :project and n.owner_id = :user) as levels""")
                .bind("project", projectId)
                .bind("user", userId)
                .map((row, context) -> Role.ofLevel(row.getLong(1)))
                .one());
    }

    /** Adds someone; nothing when they are a member already. */
    public Optional<Member> add(long projectId, long userId, Role role, Instant now) {
        return database.write(handle -> handle.createUpdate("""
                                insert into project_members (project_id, user_id, access_level, created_at)
                                values (:project, :user, :level, :now) on conflict do nothing""")
                                .bind("project", projectId)
                                .bind("user", userId)
                                .bind("level", role.level())
                                .bind("now", now.toEpochMilli())
                                .execute()
                        == 1
                ? one(handle, projectId, userId)
                : Optional.empty());
    }

    /** Changes a member's role; nothing when they are no member. */
    public Optional<Member> change(long projectId, long userId, Role role) {
        return database.write(handle -> {
            handle.createUpdate("""
                            update project_members set access_level = :level
                            where project_id = :project and user_id = :user""")
                    .bind("project", projectId)
                    .bind("user", userId)
                    .bind("level", role.level())
                    .execute();
            return one(handle, projectId, userId);
        });
    }

    /** Whether there was such a member. */
    public boolean remove(long projectId, long userId) {
        return database.write(handle -> handle.createUpdate(
                                "delete from project_members where project_id = :project and user_id = :user")
                        .bind("project", projectId)
                        .bind("user", userId)
                        .execute())
                == 1;
    }

    public Optional<Member> one(long projectId, long userId) {
        return database.read(handle -> one(handle, projectId, userId));
    }

    /** A part of the members by id. */
    public List<Member> list(long projectId, long offset, int limit) {
        return database.read(handle -> handle.createQuery(SELECT + " order by m.user_id limit :limit offset :offset")
                .bind("project", projectId)
                .bind("limit", limit)
                .bind("offset", offset)
                .map((row, context) -> member(row))
                .list());
    }

    public long count(long projectId) {
        return database.read(
                handle -> handle.createQuery("select count(*) from project_members where project_id = :project")
                        .bind("project", projectId)
                        .mapTo(Long.class)
                        .one());
    }

    private static Optional<Member> one(Handle handle, long projectId, long userId) {
        return handle.createQuery(SELECT + " and m.user_id = :user")
                .bind("project", projectId)
                .bind("user", userId)
                .map((row, context) -> member(row))
                .findOne();
    }

    private static Member member(ResultSet row) throws SQLException {
        return new Member(
                row.getLong("user_id"),
                row.getString("username"),
                row.getString("name"),
                Role.ofLevel(row.getLong("access_level")).orElse(Role.GUEST),
                Instant.ofEpochMilli(row.getLong("created_at")));
    }
}
