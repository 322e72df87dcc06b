package io.fairlead.forge.identity;

import io.fairlead.forge.database.Database;
import io.fairlead.forge.namespace.NamespaceQueries;
import io.fairlead.forge.namespace.PathQueries;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Accounts in the database. User names differ by more than the case of their letters. */
public final class UserQueries {
    private static final String COLUMNS = "id, username, name, email, admin, state, kind, created_at";

    private final Database database;

    public UserQueries(Database database) {
        this.database = database;
    }

    /** Adds a person together with the namespace of the same name; nothing when either name is taken. */
    public Optional<User> create(
            String username, String name, String email, boolean admin, @Nullable String passwordHash, Instant now) {
        return database.write(handle -> {
            String folded = username.toLowerCase(Locale.ROOT);
            if (PathQueries.taken(handle, folded)) {
                return Optional.empty();
            }
            Optional<User> user = handle.createQuery("""
                            insert into users (username, username_folded, name, email, admin, password_hash, created_at)
                            values (:username, :folded, :name, :email, :admin, :hash, :now)
                            on conflict do nothing returning\s""" + COLUMNS)
                    .bind("username", username)
                    .bind("folded", folded)
                    .bind("name", name)
                    .bind("email", email)
                    .bind("admin", admin ? 1 : 0)
                    .bind("hash", passwordHash)
                    .bind("now", now.toEpochMilli())
                    .map((row, context) -> user(row))
                    .findOne();
            user.ifPresent(created -> {
                PathQueries.take(handle, folded);
                long namespace = handle.createQuery("""
                                insert into namespaces (kind, name, path, full_path, full_path_folded, owner_id,
                                  created_at)
                                values ('user', :name, :path, :path, :folded, :owner, :now) returning id""")
                        .bind("name", name)
                        .bind("path", username)
                        .bind("folded", folded)
                        .bind("owner", created.id())
                        .bind("now", now.toEpochMilli())
                        .mapTo(Long.class)
                        .one();
                NamespaceQueries.addAncestry(handle, namespace, 0);
            });
            return user;
        });
    }

    /** Adds whom the tokens of a project or group speak for; it has no namespace and no password. */
    public User createBot(User.Kind kind, long ownerId, String suffix, String name, Instant now) {
        String column = kind == User.Kind.PROJECT_BOT ? "bot_project_id" : "bot_namespace_id";
        String username = (kind == User.Kind.PROJECT_BOT ? "project_" : "group_") + ownerId + "_bot_" + suffix;
        return database.write(handle -> handle.createQuery("insert into users"
                        + " (username, username_folded, name, email, admin, password_hash, created_at, kind, " + column
                        + ") values (:username, :username, :name, :email, 0, null, :now, :kind, :owner) returning "
                        + COLUMNS)
                .bind("username", username)
                .bind("name", name)
                .bind("email", username + "@noreply.localhost")
                .bind("now", now.toEpochMilli())
                .bind("kind", kind.text())
                .bind("owner", ownerId)
                .map((row, context) -> user(row))
                .one());
    }

    /** Whether someone is a bot of this project, or of this group. */
    public boolean botOf(long id, long ownerId, boolean project) {
        return database.read(handle -> handle.createQuery("select count(*) from users where id = :id and "
                                + (project ? "bot_project_id" : "bot_namespace_id") + " = :owner")
                        .bind("id", id)
                        .bind("owner", ownerId)
                        .mapTo(Long.class)
                        .one()
                == 1);
    }

    public Optional<User> byId(long id) {
        return database.read(handle -> handle.createQuery("select " + COLUMNS + " from users where id = :id")
                .bind("id", id)
                .map((row, context) -> user(row))
                .findOne());
    }

    public Optional<User> byUsername(String username) {
        return database.read(
                handle -> handle.createQuery("select " + COLUMNS + " from users where username_folded = :name")
                        .bind("name", username.toLowerCase(Locale.ROOT))
                        .map((row, context) -> user(row))
                        .findOne());
    }

    public boolean hasPassword(long id) {
        return database.read(
                handle -> handle.createQuery("select count(*) from users where id = :id and password_hash is not null")
                                .bind("id", id)
                                .mapTo(Long.class)
                                .one()
                        == 1);
    }

    public void changePassword(long id, String passwordHash) {
        database.write(handle -> handle.createUpdate("update users set password_hash = :hash where id = :id")
                .bind("id", id)
                .bind("hash", passwordHash)
                .execute());
    }

    /** A part of all people by id. */
    public List<User> list(long offset, int limit) {
        return database.read(handle -> handle.createQuery(
                        "select " + COLUMNS + " from users order by id limit :limit offset :offset")
                .bind("limit", limit)
                .bind("offset", offset)
                .map((row, context) -> user(row))
                .list());
    }

    public long count() {
        return database.read(handle -> handle.createQuery("select count(*) from users")
                .mapTo(Long.class)
                .one());
    }

    private static User user(ResultSet row) throws SQLException {
        return new User(
                row.getLong("id"),
                row.getString("username"),
                row.getString("name"),
                row.getString("email"),
                row.getInt("admin") == 1,
                User.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                User.Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
                Instant.ofEpochMilli(row.getLong("created_at")));
    }
}
