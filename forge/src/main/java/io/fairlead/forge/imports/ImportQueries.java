package io.fairlead.forge.imports;

import io.fairlead.forge.database.Database;
import io.fairlead.forge.imports.ProjectImport.Status;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Imports in the database; what is needed to sign in elsewhere never is. */
public final class ImportQueries {
    private final Database database;
    private final InstantSource clock;

    public ImportQueries(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    public void schedule(long projectId, String url) {
        database.write(handle -> handle.createUpdate("""
                        insert into project_imports (project_id, url, status, error, changed_at)
                        values (:project, :url, 'scheduled', null, :now)""")
                .bind("project", projectId)
                .bind("url", url)
                .bind("now", clock.millis())
                .execute());
    }

    /** Nothing happens when the project is gone. */
    public void change(long projectId, Status status, @Nullable String error) {
        database.write(handle -> handle.createUpdate(
                        "update project_imports set status = :status, error = :error, changed_at = :now where project_id = :project")
                .bind("project", projectId)
                .bind("status", status.text())
                .bind("error", error)
                .bind("now", clock.millis())
                .execute());
    }

    /** Those that a process had in hand when it ended. */
    public void failUnfinished(String error) {
        database.write(handle -> handle.createUpdate("""
                        update project_imports set status = 'failed', error = :error, changed_at = :now
                        where status in ('scheduled', 'started')""")
                .bind("error", error)
                .bind("now", clock.millis())
                .execute());
    }

    public Optional<ProjectImport> of(long projectId) {
        return database.read(handle -> handle.createQuery("select * from project_imports where project_id = :project")
                .bind("project", projectId)
                .map((row, context) -> new ProjectImport(
                        row.getLong("project_id"),
                        row.getString("url"),
                        Status.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
                        Optional.ofNullable(row.getString("error"))))
                .findOne());
    }
}
