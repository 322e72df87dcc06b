package io.fairlead.forge.key;

import io.fairlead.forge.database.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * SSH keys in the database. A key is one person's or a machine's, never both: whoever shows it must be one and the same.
 */
public final class KeyQueries {
    private static final String OF_PROJECT = """
            select d.*, p.can_push, p.created_at as added_at from deploy_keys d
            join project_deploy_keys p on p.deploy_key_id = d.id where p.project_id = :project""";

    private static final long USED_NOTED_MILLIS = 60_000;

    private final Database database;
    private final InstantSource clock;

    public KeyQueries(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Adds a person's key; nothing when somebody has it already. */
    public Optional<UserKey> addUserKey(long userId, String title, SshPublicKey key, @Nullable Instant expiresAt) {
        return database.write(handle -> deployKey(handle, key.sha256()).isPresent()
                ? Optional.empty()
                : handle.createQuery("""
                                insert into ssh_keys (user_id, title, public_key, fingerprint, created_at, expires_at)
                                values (:user, :title, :key, :fingerprint, :now, :expires)
                                on conflict do nothing returning *""")
                        .bind("user", userId)
                        .bind("title", title)
                        .bind("key", key.text())
                        .bind("fingerprint", key.sha256())
                        .bind("now", clock.millis())
                        .bind("expires", expiresAt == null ? null : expiresAt.toEpochMilli())
                        .map((row, context) -> userKey(row))
                        .findOne());
    }

    /** All keys of a person, by id. */
    public List<UserKey> userKeys(long userId) {
        return database.read(handle -> handle.createQuery("select * from ssh_keys where user_id = :user order by id")
                .bind("user", userId)
                .map((row, context) -> userKey(row))
                .list());
    }

    public Optional<UserKey> userKey(long id) {
        return database.read(handle -> handle.createQuery("select * from ssh_keys where id = :id")
                .bind("id", id)
                .map((row, context) -> userKey(row))
                .findOne());
    }

    /** The person's key with this fingerprint, which is that of {@link SshPublicKey#sha256}. */
    public Optional<UserKey> userKey(String fingerprint) {
        return database.read(handle -> handle.createQuery("select * from ssh_keys where fingerprint = :fingerprint")
                .bind("fingerprint", fingerprint)
                .map((row, context) -> userKey(row))
                .findOne());
    }

    public void deleteUserKey(long id) {
        database.write(handle -> handle.createUpdate("delete from ssh_keys where id = :id")
                .bind("id", id)
                .execute());
    }

    /** Adds a key to a project; nothing when it is a person's, or when the project has it already. */
    public Optional<DeployKey> addDeployKey(
            long projectId, String title, SshPublicKey key, boolean canPush, @Nullable Instant expiresAt) {
        return database.write(handle -> {
            if (handle.createQuery("select count(*) from ssh_keys where fingerprint = :fingerprint")
                            .bind("fingerprint", key.sha256())
                            .mapTo(Long.class)
                            .one()
                    > 0) {
                return Optional.empty();
            }
            forgetLeft(handle, key.sha256());
            long id = deployKey(handle, key.sha256()).orElseGet(() -> insert(handle, title, key, expiresAt));
            return enable(handle, projectId, id, canPush) ? ofProject(handle, projectId, id) : Optional.empty();
        });
    }

    /** Lets a key that another project has into this one too; nothing when there is none or it is in. */
    public Optional<DeployKey> enableDeployKey(long projectId, long id) {
        return database.write(handle -> handle.createQuery("select count(*) from deploy_keys where id = :id")
                                        .bind("id", id)
                                        .mapTo(Long.class)
                                        .one()
                                == 1
                        && enable(handle, projectId, id, false)
                ? ofProject(handle, projectId, id)
                : Optional.empty());
    }

    /** Changes a project's key; its title is the same wherever it is. */
    public Optional<DeployKey> changeDeployKey(
            long projectId, long id, Optional<String> title, Optional<Boolean> canPush) {
        return database.write(handle -> {
            title.ifPresent(text -> handle.createUpdate("update deploy_keys set title = :title where id = :id")
                    .bind("id", id)
                    .bind("title", text)
                    .execute());
            canPush.ifPresent(push -> handle.createUpdate("""
                            update project_deploy_keys set can_push = :push
                            where project_id = :project and deploy_key_id = :id""")
                    .bind("id", id)
                    .bind("project", projectId)
                    .bind("push", push ? 1 : 0)
                    .execute());
            return ofProject(handle, projectId, id);
        });
    }

    /** All keys of a project, by id. */
    public List<DeployKey> deployKeys(long projectId) {
        return database.read(handle -> handle.createQuery(OF_PROJECT + " order by d.id")
                .bind("project", projectId)
                .map((row, context) -> deployKey(row))
                .list());
    }

    public Optional<DeployKey> deployKey(long projectId, long id) {
        return database.read(handle -> ofProject(handle, projectId, id));
    }

    /** The project's key with this fingerprint. */
    public Optional<DeployKey> deployKey(long projectId, String fingerprint) {
        return database.read(handle -> handle.createQuery(OF_PROJECT + " and d.fingerprint = :fingerprint")
                .bind("project", projectId)
                .bind("fingerprint", fingerprint)
                .map((row, context) -> deployKey(row))
                .findOne());
    }

    /** Notes that a key was used, once a minute at most, so that reading does not become writing. */
    public void used(String fingerprint) {
        long now = clock.millis();
        boolean fresh = database.read(handle -> handle.createQuery("""
                                select count(*) from (
                                  select 1 from ssh_keys where fingerprint = :fingerprint and last_used_at > :minute
                                  union all
                                  select 1 from deploy_keys where fingerprint = :fingerprint and last_used_at > :minute)
                                  as recent""")
                        .bind("fingerprint", fingerprint)
                        .bind("minute", now - USED_NOTED_MILLIS)
                        .mapTo(Long.class)
                        .one()
                > 0);
        if (fresh) {
            return;
        }
        database.write(handle -> handle.createUpdate("update ssh_keys set last_used_at = :now where fingerprint = :key")
                        .bind("now", now)
                        .bind("key", fingerprint)
                        .execute()
                + handle.createUpdate("update deploy_keys set last_used_at = :now where fingerprint = :key")
                        .bind("now", now)
                        .bind("key", fingerprint)
                        .execute());
    }

    /** Whether any project knows a key with this fingerprint: then whoever shows it is a machine. */
    public boolean knowsDeployKey(String fingerprint) {
        return database.read(handle -> deployKey(handle, fingerprint).isPresent());
    }

    /** The projects in which a key is, by id. */
    public List<Long> projectsOf(long deployKeyId) {
        return database.read(handle -> handle.createQuery(
                        "select project_id from project_deploy_keys where deploy_key_id = :id order by project_id")
                .bind("id", deployKeyId)
                .mapTo(Long.class)
                .list());
    }

    /** Takes a key out of a project; a key that is in none is forgotten. */
    public void removeDeployKey(long projectId, long id) {
        database.write(handle -> {
            handle.createUpdate("delete from project_deploy_keys where project_id = :project and deploy_key_id = :id")
                    .bind("project", projectId)
                    .bind("id", id)
                    .execute();
            return handle.createUpdate("""
                            delete from deploy_keys where id = :id
                              and not exists (select 1 from project_deploy_keys where deploy_key_id = :id)""").bind("id", id).execute();
        });
    }

    /** A project that was deleted may have left its key behind. */
    private static void forgetLeft(Handle handle, String fingerprint) {
        handle.createUpdate("""
                        delete from deploy_keys where fingerprint = :fingerprint
                          and not exists (select 1 from project_deploy_keys p where p.deploy_key_id = deploy_keys.id)""").bind("fingerprint", fingerprint).execute();
    }

    private static Optional<Long> deployKey(Handle handle, String fingerprint) {
        return handle.createQuery("""
                        select id from deploy_keys d where fingerprint = :fingerprint
                          and exists (select 1 from project_deploy_keys p where p.deploy_key_id = d.id)""")
                .bind("fingerprint", fingerprint)
                .mapTo(Long.class)
                .findOne();
    }

    private long insert(Handle handle, String title, SshPublicKey key, @Nullable Instant expiresAt) {
        return handle.createQuery("""
                        insert into deploy_keys (title, public_key, fingerprint, created_at, expires_at)
                        values (:title, :key, :fingerprint, :now, :expires) returning id""")
                .bind("title", title)
                .bind("key", key.text())
                .bind("fingerprint", key.sha256())
                .bind("now", clock.millis())
                .bind("expires", expiresAt == null ? null : expiresAt.toEpochMilli())
                .mapTo(Long.class)
                .one();
    }

    private boolean enable(Handle handle, long projectId, long id, boolean canPush) {
        return handle.createUpdate("""
                        insert into project_deploy_keys (project_id, deploy_key_id, can_push, created_at)
                        values (:project, :id, :push, :now) on conflict do nothing""")
                        .bind("project", projectId)
                        .bind("id", id)
                        .bind("push", canPush ? 1 : 0)
                        .bind("now", clock.millis())
                        .execute()
                == 1;
    }

    private static Optional<DeployKey> ofProject(Handle handle, long projectId, long id) {
        return handle.createQuery(OF_PROJECT + " and d.id = :id")
                .bind("project", projectId)
                .bind("id", id)
                .map((row, context) -> deployKey(row))
                .findOne();
    }

    private static UserKey userKey(ResultSet row) throws SQLException {
        return new UserKey(
                row.getLong("id"),
                row.getLong("user_id"),
                row.getString("title"),
                key(row),
                Instant.ofEpochMilli(row.getLong("created_at")),
                time(row, "expires_at"),
                time(row, "last_used_at"));
    }

    private static DeployKey deployKey(ResultSet row) throws SQLException {
        return new DeployKey(
                row.getLong("id"),
                row.getString("title"),
                key(row),
                row.getInt("can_push") == 1,
                Instant.ofEpochMilli(row.getLong("added_at")),
                time(row, "expires_at"));
    }

    private static SshPublicKey key(ResultSet row) throws SQLException {
        return SshPublicKey.parse(row.getString("public_key"))
                .orElseThrow(() -> new SQLException("a key in the database is damaged"));
    }

    private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(value);
    }
}
