package io.fairlead.forge.hook;

import io.fairlead.forge.database.Database;
import io.fairlead.forge.secret.SecretBox;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.statement.SqlStatement;

/** Hooks in the database, their addresses and tokens sealed. */
public final class HookQueries {
    private final Database database;
    private final SecretBox box;
    private final InstantSource clock;

    public HookQueries(Database database, SecretBox box, InstantSource clock) {
        this.database = database;
        this.box = box;
        this.clock = clock;
    }

    /** Adds a hook; nothing when the project has {@code most} of them. */
    Optional<Hook> add(long projectId, Hook.Settings settings, int most) {
        return database.write(handle -> bind(handle.createQuery("""
                                insert into project_hooks (project_id, sealed_url, sealed_token, sealed_signing_token, name,
                                  description, push_events, tag_push_events, deployment_events, branch_filter, failures,
                                  created_at)
                                select :project, :url, :token, :signing, :name, :description, :push, :tag, :deployment, :filter,
                                  0, :now
                                where (select count(*) from project_hooks where project_id = :project) < :most
                                returning *"""), projectId, settings)
                .bind("now", clock.millis())
                .bind("most", most)
                .map((row, context) -> hook(row))
                .findOne());
    }

    /** Changes a hook, which may be called again whatever was before. */
    Optional<Hook> change(Hook hook, Hook.Settings settings) {
        return database.write(handle -> bind(handle.createQuery("""
                                update project_hooks set sealed_url = :url, sealed_token = :token,
                                  sealed_signing_token = :signing, name = :name, description = :description, push_events = :push, tag_push_events = :tag,
                                  deployment_events = :deployment, branch_filter = :filter, failures = 0,
                                  disabled_until = null
                                where id = :id and project_id = :project returning *"""), hook.projectId(), settings)
                .bind("id", hook.id())
                .map((row, context) -> hook(row))
                .findOne());
    }

    private <S extends SqlStatement<S>> S bind(S statement, long projectId, Hook.Settings settings) {
        return statement
                .bind("project", projectId)
                .bind("url", box.seal(place(projectId, "url"), settings.url().toString()))
                .bind(
                        "token",
                        settings.token()
                                .map(token -> box.seal(place(projectId, "token"), token))
                                .orElse(null))
                .bind(
                        "signing",
                        settings.signingKey()
                                .map(key -> box.seal(place(projectId, "signing token"), key.text()))
                                .orElse(null))
                .bind("name", settings.name())
                .bind("description", settings.description())
                .bind("push", settings.onPush() ? 1 : 0)
                .bind("tag", settings.onTag() ? 1 : 0)
                .bind("deployment", settings.onDeployment() ? 1 : 0)
                .bind("filter", settings.branchFilter());
    }

    /** Notes what came of a call: {@code failures} since the last good one, and until when it rests. */
    void note(long id, int failures, Optional<Instant> disabledUntil) {
        database.write(handle -> handle.createUpdate(
                        "update project_hooks set failures = :failures, disabled_until = :until where id = :id")
                .bind("id", id)
                .bind("failures", failures)
                .bind("until", disabledUntil.map(Instant::toEpochMilli).orElse(null))
                .execute());
    }

    void delete(long projectId, long id) {
        database.write(
                handle -> handle.createUpdate("delete from project_hooks where id = :id and project_id = :project")
                        .bind("id", id)
                        .bind("project", projectId)
                        .execute());
    }

    Optional<Hook> byId(long projectId, long id) {
        return database.read(
                handle -> handle.createQuery("select * from project_hooks where id = :id and project_id = :project")
                        .bind("id", id)
                        .bind("project", projectId)
                        .map((row, context) -> hook(row))
                        .findOne());
    }

    /** All of a project, oldest first; {@link HookRoutes} keeps them few. */
    List<Hook> ofProject(long projectId) {
        return database.read(
                handle -> handle.createQuery("select * from project_hooks where project_id = :project order by id")
                        .bind("project", projectId)
                        .map((row, context) -> hook(row))
                        .list());
    }

    private Hook hook(ResultSet row) throws SQLException {
        long projectId = row.getLong("project_id");
        long until = row.getLong("disabled_until");
        Instant disabledUntil = row.wasNull() ? null : Instant.ofEpochMilli(until);
        return new Hook(
                row.getLong("id"),
                projectId,
                new Hook.Settings(
                        URI.create(box.open(place(projectId, "url"), row.getString("sealed_url"))),
                        Optional.ofNullable(row.getString("sealed_token"))
                                .map(kept -> box.open(place(projectId, "token"), kept)),
                        Optional.ofNullable(row.getString("sealed_signing_token"))
                                .map(kept -> new SigningKey(box.open(place(projectId, "signing token"), kept))),
                        row.getString("name"),
                        row.getString("description"),
                        row.getInt("push_events") == 1,
                        row.getInt("tag_push_events") == 1,
                        row.getInt("deployment_events") == 1,
                        row.getString("branch_filter")),
                row.getInt("failures"),
                disabledUntil,
                Instant.ofEpochMilli(row.getLong("created_at")));
    }

    private static String place(long projectId, String what) {
        return "hook " + what + " of project " + projectId;
    }
}
