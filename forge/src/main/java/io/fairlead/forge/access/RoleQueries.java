package io.fairlead.forge.access;

import io.fairlead.forge.database.Database;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * Who is what where: the one resolver of roles, asked by everything that asks for a role. A role is the highest of: member
 * of the project, or of a group above it; member of a group that one of those is shared with, up to what the share allows;
 * owner of the personal namespace. What has expired does not count.
 *
 * <p>The rules stand in the views {@code group_roles} and {@code direct_project_roles} of the database, so that lists use
 * the same ones.
 */
public final class RoleQueries {
    private final Database database;
    private final InstantSource clock;

    public RoleQueries(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /** The day that decides what has expired. */
    public LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    /** A person's role in a project; empty for people who are nothing there. */
    public Optional<Role> inProject(long userId, long projectId) {
        return database.read(handle -> handle.createQuery("""
                        select max(access_level) from (
                          select access_level from direct_project_roles
                          where project_id = :project and user_id = :user
                            and (expires_on is null or expires_on > :today)
                          union all
                          select access_level from group_roles
                          where namespace_id = (select namespace_id from projects where id = :project)
                            and user_id = :user and (expires_on is null or expires_on > :today)) as levels""")
                .bind("project", projectId)
                .bind("user", userId)
                .bind("today", today().toString())
                .map((row, context) -> Role.ofLevel(row.getLong(1)))
                .one());
    }

    /** A person's role in a project by what is given there alone, without its group's. */
    public Optional<Role> directlyInProject(long userId, long projectId) {
        return database.read(handle -> handle.createQuery("""
                        select max(access_level) from direct_project_roles
                        where project_id = :project and user_id = :user
                          and (expires_on is null or expires_on > :today)""")
                .bind("project", projectId)
                .bind("user", userId)
                .bind("today", today().toString())
                .map((row, context) -> Role.ofLevel(row.getLong(1)))
                .one());
    }

    /** A person's role in a group or a personal namespace; empty for people who are nothing there. */
    public Optional<Role> inGroup(long userId, long namespaceId) {
        return database.read(handle -> handle.createQuery("""
                        select max(access_level) from group_roles
                        where namespace_id = :namespace and user_id = :user
                          and (expires_on is null or expires_on > :today)""")
                .bind("namespace", namespaceId)
                .bind("user", userId)
                .bind("today", today().toString())
                .map((row, context) -> Role.ofLevel(row.getLong(1)))
                .one());
    }

    /** Whether a person is something in a group or project below this group: then they know its name. */
    public boolean belowGroup(long userId, long namespaceId) {
        return database.read(handle -> handle.createQuery("""
                                select (select count(*) from namespace_ancestry a
                                    join group_roles r on r.namespace_id = a.namespace_id
                                    where a.ancestor_id = :namespace and r.user_id = :user
                                      and (r.expires_on is null or r.expires_on > :today))
                                  + (select count(*) from namespace_ancestry a
                                    join projects p on p.namespace_id = a.namespace_id
                                    join direct_project_roles r on r.project_id = p.id
                                    where a.ancestor_id = :namespace and r.user_id = :user
                                      and (r.expires_on is null or r.expires_on > :today))""")
                        .bind("namespace", namespaceId)
                        .bind("user", userId)
                        .bind("today", today().toString())
                        .mapTo(Long.class)
                        .one()
                > 0);
    }
}
