package io.fairlead.forge.project;

import io.fairlead.forge.access.Visibility;
import io.fairlead.forge.api.Page;
import io.fairlead.forge.database.Database;
import io.fairlead.forge.namespace.NamespaceQueries;
import io.fairlead.forge.namespace.PathQueries;
import io.fairlead.forge.protection.ProtectionQueries;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;

/** Projects in the database. */
public final class ProjectQueries {
    private static final String SELECT =
            "select p.*, " + NamespaceQueries.COLUMNS + " from projects p join namespaces n on n.id = p.namespace_id ";

    private final Database database;

    public ProjectQueries(Database database) {
        this.database = database;
    }

    /** Adds a project; nothing when the path is taken. */
    public Optional<Project> create(Project.Draft draft, Instant now) {
        return database.write(handle -> {
            String fullPath = fullPath(handle, draft.namespaceId(), draft.path());
            if (PathQueries.taken(handle, PathQueries.folded(fullPath))) {
                return Optional.empty();
            }
            PathQueries.take(handle, PathQueries.folded(fullPath));
            return handle.createQuery("""
                            insert into projects (namespace_id, name, path, full_path, full_path_folded, description,
                              visibility, default_branch, creator_id, created_at)
                            values (:namespace, :name, :path, :full, :folded, :description, :visibility, :branch,
                              :creator, :now) returning id""")
                    .bind("namespace", draft.namespaceId())
                    .bind("name", draft.name())
                    .bind("path", draft.path())
                    .bind("full", fullPath)
                    .bind("folded", PathQueries.folded(fullPath))
                    .bind("description", draft.description())
                    .bind("visibility", draft.visibility().text())
                    .bind("branch", draft.defaultBranch())
                    .bind("creator", draft.creatorId())
                    .bind("now", now.toEpochMilli())
                    .mapTo(Long.class)
                    .findOne()
                    .flatMap(id -> {
                        ProtectionQueries.protectDefault(handle, id, draft.defaultBranch(), now.toEpochMilli());
                        return byId(handle, id);
                    });
        });
    }

    private static String fullPath(Handle handle, long namespaceId, String path) {
        return handle.createQuery("select full_path from namespaces where id = :id")
                        .bind("id", namespaceId)
                        .mapTo(String.class)
                        .one()
                + "/"
                + path;
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

    /** By full path without regard to case; also by a path that it had. */
    public Optional<Project> byPath(String fullPath) {
        String folded = PathQueries.folded(fullPath);
        return database.read(handle -> handle.createQuery(SELECT + "where p.full_path_folded = :path")
                .bind("path", folded)
                .map((row, context) -> project(row))
                .findOne()
                .or(() -> handle.createQuery(
                                SELECT + "join path_redirects r on r.project_id = p.id where r.path_folded = :path")
                        .bind("path", folded)
                        .map((row, context) -> project(row))
                        .findOne()));
    }

    /** By number or by full path, as GitLab's {@code :id} has it. */
    public Optional<Project> byIdOrPath(String idOrPath) {
        OptionalLong number = PathQueries.number(idOrPath);
        return number.isPresent() ? byId(number.getAsLong()) : byPath(idOrPath);
    }

    /** A part of the list, newest first. */
    public List<Project> list(ProjectFilter filter, long offset, int limit) {
        return database.read(handle -> handle.createQuery(
                        SELECT + filter.where() + " order by p.id desc limit :limit offset :offset")
                .bindMap(filter.parameters())
                .bind("limit", limit)
                .bind("offset", offset)
                .map((row, context) -> project(row))
                .list());
    }

    /** The part of the list, newest first, that comes after the project {@code afterId}. */
    public List<Project> listAfter(ProjectFilter filter, long afterId, int limit) {
        return database.read(handle -> handle.createQuery(
                        SELECT + filter.where() + " and p.id < :after order by p.id desc limit :limit")
                .bindMap(filter.parameters())
                .bind("after", afterId)
                .bind("limit", limit)
                .map((row, context) -> project(row))
                .list());
    }

    /** How long the list is; one more than {@link Page#COUNTED_MAX} stands for any number above. */
    public long count(ProjectFilter filter) {
        return database.read(handle -> handle.createQuery(
                        "select count(*) from (select 1 from projects p " + filter.where() + " limit :most) as counted")
                .bindMap(filter.parameters())
                .bind("most", Page.COUNTED_MAX + 1)
                .mapTo(Long.class)
                .one());
    }

    /** Changes a project; when its path or its namespace changes, the old path leads to it. Nothing when the new one is taken. */
    public Optional<Project> change(long id, Project.Change change) {
        return database.write(handle -> {
            Project project = byId(handle, id).orElseThrow();
            long namespaceId = change.namespaceId().orElse(project.namespace().id());
            String path = change.path().orElse(project.path());
            String fullPath = fullPath(handle, namespaceId, path);
            String before = PathQueries.folded(project.fullPath());
            boolean moves = !PathQueries.folded(fullPath).equals(before);
            if (moves && PathQueries.taken(handle, PathQueries.folded(fullPath))) {
                return Optional.empty();
            }
            if (moves) {
                PathQueries.take(handle, PathQueries.folded(fullPath));
            }
            handle.createUpdate("""
                            update projects set namespace_id = :namespace, name = :name, path = :path, full_path = :full,
                              full_path_folded = :folded, description = :description, visibility = :visibility,
                              default_branch = :branch where id = :id""")
                    .bind("id", id)
                    .bind("namespace", namespaceId)
                    .bind("name", change.name().orElse(project.name()))
                    .bind("path", path)
                    .bind("full", fullPath)
                    .bind("folded", PathQueries.folded(fullPath))
                    .bind("description", change.description().orElse(project.description()))
                    .bind(
                            "visibility",
                            change.visibility().orElse(project.visibility()).text())
                    .bind("branch", change.defaultBranch().orElse(project.defaultBranch()))
                    .execute();
            if (moves) {
                PathQueries.leaveProject(handle, before, id);
            }
            return byId(handle, id);
        });
    }

    /**
     * Another branch is the default one, in place of {@code planned}, which never came to be; unless a push at the same time
     * was first.
     *
     * @param follow points the repository there too. Part of the transaction, so that a crash leaves both as they were; may
     *     run again
     */
    public void adoptDefaultBranch(long id, String planned, String branch, Runnable follow) {
        database.write(handle -> {
            boolean first = handle.createUpdate("""
                            update projects set default_branch = :branch where id = :id and default_branch = :planned""")
                            .bind("id", id)
                            .bind("branch", branch)
                            .bind("planned", planned)
                            .execute()
                    == 1;
            if (first) {
                ProtectionQueries.moveDefault(handle, id, planned, branch);
                follow.run();
            }
            return first;
        });
    }

    public void delete(long id) {
        database.write(handle -> handle.createUpdate("delete from projects where id = :id")
                .bind("id", id)
                .execute());
    }

    private static Project project(ResultSet row) throws SQLException {
        return new Project(
                row.getLong("id"),
                NamespaceQueries.row(row),
                row.getString("name"),
                row.getString("path"),
                row.getString("full_path"),
                row.getString("description"),
                Visibility.of(row.getString("visibility")).orElse(Visibility.PRIVATE),
                row.getString("default_branch"),
                row.getLong("creator_id"),
                Instant.ofEpochMilli(row.getLong("created_at")));
    }
}
