package io.fairlead.forge.protection;

import io.fairlead.forge.access.Role;
import io.fairlead.forge.database.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Protected branches and tags in the database. */
public final class ProtectionQueries {
    private static final String SELECT = """
            select r.id as ref_id, r.name, r.allow_force_push, g.id as grant_id, g.action, g.access_level, g.user_id,
              g.group_id, g.deploy_key_id
            from protected_refs r left join protected_ref_grants g on g.protected_ref_id = r.id
            where r.project_id = :project and r.kind = :kind""";

    private final Database database;
    private final InstantSource clock;

    public ProtectionQueries(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /** All of a kind in a project, by id. */
    public List<ProtectedRef> list(long projectId, RefKind kind) {
        return database.read(handle -> list(handle, projectId, kind));
    }

    public Optional<ProtectedRef> named(long projectId, RefKind kind, String name) {
        return list(projectId, kind).stream()
                .filter(found -> found.name().equals(name))
                .findFirst();
    }

    /** Protects what is not protected by this very name; nothing when it is. The ids in {@code grants} do not matter. */
    public Optional<ProtectedRef> add(
            long projectId, RefKind kind, String name, boolean forcePush, List<Grant> grants) {
        return database.write(handle -> {
            Optional<Long> id = insert(handle, projectId, kind, name, forcePush, clock.millis());
            id.ifPresent(ref -> grants.forEach(grant -> grant(handle, ref, grant)));
            return id.flatMap(ref -> list(handle, projectId, kind).stream()
                    .filter(found -> found.id() == ref)
                    .findFirst());
        });
    }

    /** Changes what is protected by this name; nothing when nothing is. */
    public Optional<ProtectedRef> change(
            long projectId, RefKind kind, String name, Optional<Boolean> forcePush, List<Long> gone, List<Grant> more) {
        return database.write(handle -> {
            Optional<ProtectedRef> before = list(handle, projectId, kind).stream()
                    .filter(found -> found.name().equals(name))
                    .findFirst();
            before.ifPresent(ref -> {
                forcePush.ifPresent(allow -> handle.createUpdate(
                                "update protected_refs set allow_force_push = :allow where id = :id")
                        .bind("allow", allow ? 1 : 0)
                        .bind("id", ref.id())
                        .execute());
                gone.forEach(id -> handle.createUpdate(
                                "delete from protected_ref_grants where id = :id and protected_ref_id = :ref")
                        .bind("id", id)
                        .bind("ref", ref.id())
                        .execute());
                more.forEach(grant -> grant(handle, ref.id(), grant));
            });
            return list(handle, projectId, kind).stream()
                    .filter(found -> found.name().equals(name))
                    .findFirst();
        });
    }

    /** Whether there was something of this name. */
    public boolean remove(long projectId, RefKind kind, String name) {
        return database.write(handle -> handle.createUpdate(
                                "delete from protected_refs where project_id = :project and kind = :kind and name = :name")
                        .bind("project", projectId)
                        .bind("kind", kind.text())
                        .bind("name", name)
                        .execute()
                == 1);
    }

    /** Protects a project's default branch as GitLab does: maintainers push and merge, nobody throws commits away. */
    public static void protectDefault(Handle handle, long projectId, String branch, long nowMillis) {
        insert(handle, projectId, RefKind.BRANCH, branch, false, nowMillis).ifPresent(id -> {
            grant(handle, id, Grant.toRole(Grant.Action.PUSH, Role.MAINTAINER.level()));
            grant(handle, id, Grant.toRole(Grant.Action.MERGE, Role.MAINTAINER.level()));
        });
    }

    /** The default branch became another one before there was any: its protection goes with it. */
    public static void moveDefault(Handle handle, long projectId, String before, String after) {
        handle.createUpdate("""
                        update protected_refs set name = :after
                        where project_id = :project and kind = 'branch' and name = :before
                          and not exists (select 1 from protected_refs o where o.project_id = :project
                            and o.kind = 'branch' and o.name = :after)""")
                .bind("project", projectId)
                .bind("before", before)
                .bind("after", after)
                .execute();
    }

    private static Optional<Long> insert(
            Handle handle, long projectId, RefKind kind, String name, boolean forcePush, long nowMillis) {
        return handle.createQuery("""
                        insert into protected_refs (project_id, kind, name, allow_force_push, created_at)
                        values (:project, :kind, :name, :force, :now) on conflict do nothing returning id""")
                .bind("project", projectId)
                .bind("kind", kind.text())
                .bind("name", name)
                .bind("force", forcePush ? 1 : 0)
                .bind("now", nowMillis)
                .mapTo(Long.class)
                .findOne();
    }

    private static void grant(Handle handle, long ref, Grant grant) {
        handle.createUpdate("""
                        insert into protected_ref_grants
                          (protected_ref_id, action, access_level, user_id, group_id, deploy_key_id)
                        values (:ref, :action, :level, :user, :group, :key)""")
                .bind("ref", ref)
                .bind("action", grant.action().text())
                .bind("level", boxed(grant.level()))
                .bind("user", boxed(grant.userId()))
                .bind("group", boxed(grant.groupId()))
                .bind("key", boxed(grant.deployKeyId()))
                .execute();
    }

    private static @Nullable Long boxed(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }

    private static List<ProtectedRef> list(Handle handle, long projectId, RefKind kind) {
        Map<Long, ProtectedRef> found = new LinkedHashMap<>();
        handle.createQuery(SELECT + " order by r.id, g.id")
                .bind("project", projectId)
                .bind("kind", kind.text())
                .map((row, context) -> {
                    ProtectedRef ref = found.computeIfAbsent(row.getLong("ref_id"), id -> ref(row, id, kind));
                    grant(row).ifPresent(ref.grants()::add);
                    return ref;
                })
                .list();
        return found.values().stream()
                .map(ref -> new ProtectedRef(ref.id(), kind, ref.name(), ref.forcePush(), List.copyOf(ref.grants())))
                .toList();
    }

    private static ProtectedRef ref(ResultSet row, long id, RefKind kind) {
        try {
            return new ProtectedRef(
                    id, kind, row.getString("name"), row.getInt("allow_force_push") == 1, new ArrayList<>());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Optional<Grant> grant(ResultSet row) throws SQLException {
        long id = row.getLong("grant_id");
        if (row.wasNull()) {
            return Optional.empty();
        }
        return Optional.of(new Grant(
                id,
                Grant.Action.of(row.getString("action")),
                number(row, "access_level"),
                number(row, "user_id"),
                number(row, "group_id"),
                number(row, "deploy_key_id")));
    }

    private static OptionalLong number(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
