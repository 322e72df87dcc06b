package io.fairlead.forge.namespace;

import io.fairlead.forge.access.Visibility;
import io.fairlead.forge.database.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;

/** Groups and people's own namespaces in the database. */
public final class NamespaceQueries {
    /** The deepest a group may be, itself counted. GitLab's number. */
    public static final int DEPTH_MAX = 20;

    /** The columns of {@code namespaces n}, each with the prefix {@code n_}. */
    public static final String COLUMNS = """
            n.id as n_id, n.kind as n_kind, n.name as n_name, n.path as n_path, n.full_path as n_full_path,
            n.description as n_description, n.visibility as n_visibility, n.parent_id as n_parent_id,
            n.owner_id as n_owner_id, n.created_at as n_created_at\
            """;

    private static final String SELECT = "select " + COLUMNS + " from namespaces n ";

    private final Database database;

    public NamespaceQueries(Database database) {
        this.database = database;
    }

    public Optional<Namespace> byId(long id) {
        return database.read(handle -> byId(handle, id));
    }

    static Optional<Namespace> byId(Handle handle, long id) {
        return handle.createQuery(SELECT + "where n.id = :id")
                .bind("id", id)
                .map((found, context) -> row(found))
                .findOne();
    }

    /** By full path without regard to case; also by a path that it had. */
    public Optional<Namespace> byPath(String fullPath) {
        String folded = PathQueries.folded(fullPath);
        return database.read(handle -> handle.createQuery(SELECT + "where n.full_path_folded = :path")
                .bind("path", folded)
                .map((found, context) -> row(found))
                .findOne()
                .or(() -> handle.createQuery(
                                SELECT + "join path_redirects r on r.namespace_id = n.id where r.path_folded = :path")
                        .bind("path", folded)
                        .map((found, context) -> row(found))
                        .findOne()));
    }

    public Optional<Namespace> byIdOrPath(String idOrPath) {
        OptionalLong number = PathQueries.number(idOrPath);
        return number.isPresent() ? byId(number.getAsLong()) : byPath(idOrPath);
    }

    /** A person's own namespace. */
    public Optional<Namespace> ofUser(long userId) {
        return database.read(handle -> handle.createQuery(SELECT + "where n.owner_id = :user and n.kind = 'user'")
                .bind("user", userId)
                .map((found, context) -> row(found))
                .findOne());
    }

    /** A namespace and all above it, nearest first. */
    public List<Namespace> withAncestors(long id) {
        return database.read(handle -> handle.createQuery(SELECT + """
                        join namespace_ancestry a on a.ancestor_id = n.id
                        where a.namespace_id = :id order by a.distance""")
                .bind("id", id)
                .map((found, context) -> row(found))
                .list());
    }

    /** Adds a group with its maker as owner; nothing when the path is taken. */
    public Optional<Namespace> create(Namespace.Draft draft, Instant now) {
        return database.write(handle -> {
            Long parentId = draft.parentId();
            String above = parentId == null
                    ? ""
                    : byId(handle, parentId).map(Namespace::fullPath).orElseThrow() + "/";
            String fullPath = above + draft.path();
            if (PathQueries.taken(handle, PathQueries.folded(fullPath))) {
                return Optional.empty();
            }
            PathQueries.takeTree(handle, PathQueries.folded(fullPath));
            long id = handle.createQuery("""
                            insert into namespaces (kind, name, path, full_path, full_path_folded, description, visibility,
                              parent_id, created_at)
                            values ('group', :name, :path, :full, :folded, :description, :visibility, :parent, :now)
                            returning id""")
                    .bind("name", draft.name())
                    .bind("path", draft.path())
                    .bind("full", fullPath)
                    .bind("folded", PathQueries.folded(fullPath))
                    .bind("description", draft.description())
                    .bind("visibility", draft.visibility().text())
                    .bind("parent", parentId)
                    .bind("now", now.toEpochMilli())
                    .mapTo(Long.class)
                    .one();
            addAncestry(handle, id, parentId == null ? 0 : parentId);
            handle.createUpdate("""
                            insert into namespace_members (namespace_id, user_id, access_level, created_at)
                            values (:id, :user, 50, :now)""")
                    .bind("id", id)
                    .bind("user", draft.creatorId())
                    .bind("now", now.toEpochMilli())
                    .execute();
            return byId(handle, id);
        });
    }

    /** Records what is above a new namespace. {@code parentId} 0 stands for nothing. */
    public static void addAncestry(Handle handle, long id, long parentId) {
        handle.createUpdate("""
                        insert into namespace_ancestry (namespace_id, ancestor_id, distance)
                        select cast(:id as bigint), ancestor_id, distance + 1 from namespace_ancestry
                        where namespace_id = :parent
                        union all select cast(:id as bigint), cast(:id as bigint), 0""").bind("id", id).bind("parent", parentId).execute();
    }

    /** Changes a group, with the paths of all that is in it; nothing when the new path is taken. */
    public Optional<Namespace> change(long id, Namespace.Change change) {
        return database.write(handle -> {
            Namespace group = byId(handle, id).orElseThrow();
            String path = change.path().orElse(group.path());
            String fullPath = group.fullPath()
                            .substring(
                                    0, group.fullPath().length() - group.path().length())
                    + path;
            String folded = PathQueries.folded(fullPath);
            boolean moves = !folded.equals(PathQueries.folded(group.fullPath()));
            if (moves && PathQueries.taken(handle, folded)) {
                return Optional.empty();
            }
            if (moves) {
                PathQueries.leaveTree(handle, id);
            }
            PathQueries.moveTree(handle, id, group.fullPath(), fullPath);
            if (moves) {
                PathQueries.takeTree(handle, folded);
            }
            handle.createUpdate("""
                            update namespaces set name = :name, path = :path, description = :description,
                              visibility = :visibility where id = :id""")
                    .bind("id", id)
                    .bind("name", change.name().orElse(group.name()))
                    .bind("path", path)
                    .bind("description", change.description().orElse(group.description()))
                    .bind(
                            "visibility",
                            change.visibility().orElse(group.visibility()).text())
                    .execute();
            return byId(handle, id);
        });
    }

    /** How many groups and projects in a group can be seen by more people than {@code visibility} says. */
    public long moreVisibleBelow(long id, Visibility visibility) {
        List<String> wider = Arrays.stream(Visibility.values())
                .filter(other -> other.compareTo(visibility) > 0)
                .map(Visibility::text)
                .toList();
        if (wider.isEmpty()) {
            return 0;
        }
        return database.read(handle -> handle.createQuery("""
                        select (select count(*) from namespaces n join namespace_ancestry a on a.namespace_id = n.id
                            where a.ancestor_id = :id and a.distance > 0 and n.visibility in (<wider>))
                          + (select count(*) from projects p join namespace_ancestry a on a.namespace_id = p.namespace_id
                            where a.ancestor_id = :id and p.visibility in (<wider>))""")
                .bind("id", id)
                .bindList("wider", wider)
                .mapTo(Long.class)
                .one());
    }

    /** The projects in a group and in all groups below it. */
    public List<Long> projectsBelow(long id) {
        return database.read(handle ->
                handle.createQuery("""
                        select p.id from projects p join namespace_ancestry a on a.namespace_id = p.namespace_id
                        where a.ancestor_id = :id order by p.id""").bind("id", id).mapTo(Long.class).list());
    }

    /** Removes a group with all groups below it; there must be no projects in them any more. */
    public void delete(long id) {
        database.write(handle -> handle.createUpdate("""
                        delete from namespaces where id in
                          (select namespace_id from namespace_ancestry where ancestor_id = :id)""").bind("id", id).execute());
    }

    /** A part of the groups that a filter lets through, by full path. */
    public List<Namespace> groups(GroupFilter filter, long offset, int limit) {
        return database.read(handle -> bound(
                        handle.createQuery(
                                SELECT + filter.where() + " order by n.full_path_folded limit :limit offset :offset"),
                        filter)
                .bind("limit", limit)
                .bind("offset", offset)
                .map((found, context) -> row(found))
                .list());
    }

    public long countGroups(GroupFilter filter) {
        return database.read(
                handle -> bound(handle.createQuery("select count(*) from namespaces n " + filter.where()), filter)
                        .mapTo(Long.class)
                        .one());
    }

    private static <S extends SqlStatement<S>> S bound(S statement, GroupFilter filter) {
        filter.parameters().forEach(statement::bind);
        return statement;
    }

    /** Reads {@link #COLUMNS}. */
    public static Namespace row(ResultSet row) throws SQLException {
        long parent = row.getLong("n_parent_id");
        Long parentId = row.wasNull() ? null : parent;
        long owner = row.getLong("n_owner_id");
        Long ownerId = row.wasNull() ? null : owner;
        return new Namespace(
                row.getLong("n_id"),
                "user".equals(row.getString("n_kind")) ? Namespace.Kind.USER : Namespace.Kind.GROUP,
                row.getString("n_name"),
                row.getString("n_path"),
                row.getString("n_full_path"),
                row.getString("n_description"),
                Visibility.of(row.getString("n_visibility")).orElse(Visibility.PRIVATE),
                parentId,
                ownerId,
                Instant.ofEpochMilli(row.getLong("n_created_at")));
    }
}
