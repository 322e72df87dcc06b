package io.fairlead.forge.project;

import io.fairlead.forge.access.Visibility;
import io.fairlead.forge.database.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;

/** Projects and namespaces in the database. */
public final class ProjectQueries {
    private static final String SELECT = """
            select p.*, n.kind as n_kind, n.name as n_name, n.path as n_path, n.full_path as n_full_path,
              n.parent_id as n_parent_id, n.owner_id as n_owner_id
            from projects p join namespaces n on n.id = p.namespace_id
            """;

    /** Rows that person {@code :user} may see; an administrator sees all. */
    private static final String VISIBLE = """
            (:admin = 1 or p.visibility <> 'private' or n.owner_id = :user
              or exists (select 1 from project_members m where m.project_id = p.id and m.user_id = :user))
            """;

    private static final String MEMBER = """
            (n.owner_id = :user
              or exists (select 1 from project_members m where m.project_id = p.id and m.user_id = :user))
            """;

    /** Which projects a list is to hold. {@code search} is part of the path, empty for all. */
    public record Filter(long userId, boolean admin, boolean membershipOnly, boolean ownedOnly, String search) {}

    private final Database database;

    public ProjectQueries(Database database) {
        this.database = database;
    }

    public Optional<Namespace> namespace(long id) {
        return database.read(handle -> handle.createQuery("select * from namespaces where id = :id")
                .bind("id", id)
                .map((row, context) -> namespace(row, ""))
                .findOne());
    }

    /** A person's own namespace. */
    public Optional<Namespace> namespaceOf(long userId) {
        return database.read(
                handle -> handle.createQuery("select * from namespaces where owner_id = :user and kind = 'user'")
                        .bind("user", userId)
                        .map((row, context) -> namespace(row, ""))
                        .findOne());
    }

    /** Adds a project; nothing when the path is taken. */
    public Optional<Project> create(Project.Draft draft, Instant now) {
        return database.write(handle -> handle.createQuery("""
                        insert into projects (namespace_id, name, path, full_path, full_path_folded, description,
                          visibility, default_branch, creator_id, created_at)
                        select n.id, :name, :path, n.full_path || '/' || :path, n.full_path_folded || '/' || :folded,
                          :description, :visibility, :branch, :creator, :now
                        from namespaces n where n.id = :namespace
                        on conflict do nothing returning id""")
                .bind("namespace", draft.namespaceId())
                .bind("name", draft.name())
                .bind("path", draft.path())
                .bind("folded", draft.path().toLowerCase(Locale.ROOT))
                .bind("description", draft.description())
                .bind("visibility", draft.visibility().text())
                .bind("branch", draft.defaultBranch())
                .bind("creator", draft.creatorId())
                .bind("now", now.toEpochMilli())
                .mapTo(Long.class)
                .findOne()
                .flatMap(id -> byId(handle, id)));
    }

    public Optional<Project> byId(long id) {
        return database.read(handle -> byId(handle, id));
    }

    private static Optional<Project> byId(Handle handle, long id) {
        return handle.createQuery(SELECT + "where p.id = :id")
                .bind("id", id)
                .map((row, context) -> project(row))
                .findOne();
    }

    /** By full path without regard to case. */
    public Optional<Project> byPath(String fullPath) {
        return database.read(handle -> handle.createQuery(SELECT + "where p.full_path_folded = :path")
                .bind("path", fullPath.toLowerCase(Locale.ROOT))
                .map((row, context) -> project(row))
                .findOne());
    }

    /** By number or by full path, as GitLab's {@code :id} has it. */
    public Optional<Project> byIdOrPath(String idOrPath) {
        if (!idOrPath.isEmpty() && idOrPath.length() <= 18 && idOrPath.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return byId(Long.parseLong(idOrPath));
        }
        return byPath(idOrPath);
    }

    /** A part of the list, newest first. */
    public List<Project> list(Filter filter, long offset, int limit) {
        return database.read(handle -> bound(
                        handle.createQuery(SELECT + where(filter) + " order by p.id desc limit :limit offset :offset"),
                        filter)
                .bind("limit", limit)
                .bind("offset", offset)
                .map((row, context) -> project(row))
                .list());
    }

    public long count(Filter filter) {
        return database.read(handle -> bound(
                        handle.createQuery("select count(*) from projects p join namespaces n on n.id = p.namespace_id "
                                + where(filter)),
                        filter)
                .mapTo(Long.class)
                .one());
    }

    public void changeDefaultBranch(long id, String branch) {
        database.write(handle -> handle.createUpdate("update projects set default_branch = :branch where id = :id")
                .bind("id", id)
                .bind("branch", branch)
                .execute());
    }

    public void delete(long id) {
        database.write(handle -> handle.createUpdate("delete from projects where id = :id")
                .bind("id", id)
                .execute());
    }

    private static String where(Filter filter) {
        return "where " + VISIBLE
                + (filter.membershipOnly() ? " and " + MEMBER : "")
                + (filter.ownedOnly() ? " and n.owner_id = :user" : "")
                + (filter.search().isEmpty() ? "" : " and instr(p.full_path_folded, :search) > 0");
    }

    private static <S extends SqlStatement<S>> S bound(S statement, Filter filter) {
        S bound = statement.bind("admin", filter.admin() ? 1 : 0).bind("user", filter.userId());
        return filter.search().isEmpty()
                ? bound
                : bound.bind("search", filter.search().toLowerCase(Locale.ROOT));
    }

    private static Project project(ResultSet row) throws SQLException {
        return new Project(
                row.getLong("id"),
                namespace(row, "n_"),
                row.getString("name"),
                row.getString("path"),
                row.getString("full_path"),
                row.getString("description"),
                Visibility.of(row.getString("visibility")).orElse(Visibility.PRIVATE),
                row.getString("default_branch"),
                row.getLong("creator_id"),
                Instant.ofEpochMilli(row.getLong("created_at")));
    }

    private static Namespace namespace(ResultSet row, String prefix) throws SQLException {
        long parent = row.getLong(prefix + "parent_id");
        Long parentId = row.wasNull() ? null : parent;
        long owner = row.getLong(prefix + "owner_id");
        Long ownerId = row.wasNull() ? null : owner;
        return new Namespace(
                row.getLong(prefix.isEmpty() ? "id" : "namespace_id"),
                row.getString(prefix + "kind"),
                row.getString(prefix + "name"),
                row.getString(prefix + "path"),
                row.getString(prefix + "full_path"),
                parentId,
                ownerId);
    }
}
