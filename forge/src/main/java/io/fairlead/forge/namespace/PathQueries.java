package io.fairlead.forge.namespace;

import java.util.Locale;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;

/** Full paths in the database: which are taken, and where what has moved is now. Used inside a transaction. */
public final class PathQueries {
    private PathQueries() {}

    /** The form in which paths are compared. */
    public static String folded(String fullPath) {
        return fullPath.toLowerCase(Locale.ROOT);
    }

    /** The number in {@code idOrPath}, if it is one: GitLab's {@code :id} is a number or a full path. */
    public static OptionalLong number(String idOrPath) {
        boolean digits = !idOrPath.isEmpty()
                && idOrPath.length() <= 18
                && idOrPath.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? OptionalLong.of(Long.parseLong(idOrPath)) : OptionalLong.empty();
    }

    /** Whether a namespace or a project is there; what has left a path does not hold it. */
    public static boolean taken(Handle handle, String folded) {
        return handle.createQuery("""
                        select (select count(*) from namespaces where full_path_folded = :path)
                          + (select count(*) from projects where full_path_folded = :path)""").bind("path", folded).mapTo(Long.class).one() > 0;
    }

    /** Ends the redirect from a path that something takes anew. */
    public static void take(Handle handle, String folded) {
        handle.createUpdate("delete from path_redirects where path_folded = :path")
                .bind("path", folded)
                .execute();
    }

    /** The same for a namespace: nothing below a path leads into another's any more. */
    public static void takeTree(Handle handle, String folded) {
        take(handle, folded);
        handle.createUpdate("delete from path_redirects where path_folded like :below escape '!'")
                .bind("below", folded.replaceAll("[!%_]", "!$0") + "/%")
                .execute();
    }

    /** Makes the old path of a project lead to it. */
    public static void leaveProject(Handle handle, String folded, long projectId) {
        take(handle, folded);
        handle.createUpdate("insert into path_redirects (path_folded, project_id) values (:path, :project)")
                .bind("path", folded)
                .bind("project", projectId)
                .execute();
    }

    /** Makes the old paths of a group, of the groups below it and of all their projects lead to them. */
    public static void leaveTree(Handle handle, long namespaceId) {
        for (String moved : new String[] {"""
            from namespaces n join namespace_ancestry a on a.namespace_id = n.id where a.ancestor_id = :id""", """
            from projects n join namespace_ancestry a on a.namespace_id = n.namespace_id where a.ancestor_id = :id"""}) {
            String column = moved.startsWith("from projects") ? "project_id" : "namespace_id";
            handle.createUpdate(
                            "delete from path_redirects where path_folded in (select n.full_path_folded " + moved + ")")
                    .bind("id", namespaceId)
                    .execute();
            handle.createUpdate("insert into path_redirects (path_folded, " + column
                            + ") select n.full_path_folded, n.id " + moved)
                    .bind("id", namespaceId)
                    .execute();
        }
    }

    /** Gives everything in and below a group the path that follows from the group's new one. */
    public static void moveTree(Handle handle, long namespaceId, String oldPath, String newPath) {
        for (String table : new String[] {"namespaces", "projects"}) {
            String inTree = table.equals("projects") ? "namespace_id" : "id";
            handle.createUpdate("update " + table + """
                             set full_path = :new || substr(full_path, :from),
                              full_path_folded = :folded || substr(full_path_folded, :from)
                            where\s""" + inTree
                            + " in (select namespace_id from namespace_ancestry where ancestor_id = :id)")
                    .bind("new", newPath)
                    .bind("folded", folded(newPath))
                    .bind("from", oldPath.length() + 1)
                    .bind("id", namespaceId)
                    .execute();
        }
    }
}
