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
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Accounts in the database. User names differ by more than the case of their letters. */
public final class UserQueries {
    private static final String COLUMNS = "id, username, name, email, admin, state, kind, created_at";

    /** What is to become of an account; what is empty stays. */
    public record Change(
            Optional<String> username, Optional<String> name, Optional<String> email, Optional<Boolean> admin) {}

    /** Thrown when nobody who may do anything would be an administrator any more. */
    public static final class LastAdministrator extends RuntimeException {
        private static final long serialVersionUID = 1;

        LastAdministrator() {
            super("the last administrator stays one", null, false, false);
        }
    }

    /** Thrown when groups would be left without an owner for good. */
    public static final class OnlyOwner extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient List<String> groups;

        OnlyOwner(List<String> groups) {
            super("the only owner of " + String.join(", ", groups), null, false, false);
            this.groups = List.copyOf(groups);
        }

        /** Their full paths. */
        public List<String> groups() {
            return groups;
        }
    }

    /** Where it stands who made something that stays when they go. */
    private static final List<String> MADE_BY = List.of(
            "projects.creator_id",
            "cluster_agents.created_by_user_id",
            "cluster_agent_tokens.created_by_user_id",
            "deploy_tokens.creator_id",
            "deployments.user_id",
            "agent_url_configurations.created_by_user_id");

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
                PathQueries.takeTree(handle, folded);
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
        return database.read(handle -> byId(handle, id));
    }

    private static Optional<User> byId(Handle handle, long id) {
        return handle.createQuery("select " + COLUMNS + " from users where id = :id")
                .bind("id", id)
                .map((row, context) -> user(row))
                .findOne();
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

    /** A part of the accounts by id. */
    public List<User> list(UserFilter filter, long offset, int limit) {
        return database.read(handle -> handle.createQuery("select " + COLUMNS + " from users " + filter.where()
                        + " order by id limit :limit offset :offset")
                .bindMap(filter.parameters())
                .bind("limit", limit)
                .bind("offset", offset)
                .map((row, context) -> user(row))
                .list());
    }

    public long count(UserFilter filter) {
        return database.read(handle -> handle.createQuery("select count(*) from users " + filter.where())
                .bindMap(filter.parameters())
                .mapTo(Long.class)
                .one());
    }

    /** How many accounts there are, of whatever kind. */
    public long count() {
        return database.read(handle -> handle.createQuery("select count(*) from users")
                .mapTo(Long.class)
                .one());
    }

    /**
     * Changes an account, and with its user name the paths of all that is in its namespace; nothing when the name is taken.
     *
     * @throws LastAdministrator when it is to be one no more
     */
    public Optional<User> change(long id, Change change) {
        return database.write(handle -> {
            if (change.admin().filter(wanted -> !wanted).isPresent()) {
                keepAnAdministrator(handle, id);
            }
            User user = byId(handle, id).orElseThrow();
            String username = change.username().orElse(user.username());
            String name = change.name().orElse(user.name());
            if (!username.equals(user.username()) && !rename(handle, user, username)) {
                return Optional.empty();
            }
            handle.createUpdate("""
                            update users set username = :username, username_folded = :folded, name = :name,
                              email = :email, admin = :admin where id = :id""")
                    .bind("id", id)
                    .bind("username", username)
                    .bind("folded", PathQueries.folded(username))
                    .bind("name", name)
                    .bind("email", change.email().orElse(user.email()))
                    .bind("admin", change.admin().orElse(user.admin()) ? 1 : 0)
                    .execute();
            handle.createUpdate("update namespaces set name = :name where owner_id = :id and kind = 'user'")
                    .bind("id", id)
                    .bind("name", name)
                    .execute();
            return byId(handle, id);
        });
    }

    /** Whether the name was free. */
    private static boolean rename(Handle handle, User user, String username) {
        String folded = PathQueries.folded(username);
        boolean moves = !folded.equals(PathQueries.folded(user.username()));
        if (moves
                && (PathQueries.taken(handle, folded)
                        || handle.createQuery("select count(*) from users where username_folded = :name")
                                        .bind("name", folded)
                                        .mapTo(Long.class)
                                        .one()
                                > 0)) {
            return false;
        }
        Optional<Long> own = handle.createQuery("select id from namespaces where owner_id = :id and kind = 'user'")
                .bind("id", user.id())
                .mapTo(Long.class)
                .findOne();
        own.ifPresent(namespace -> {
            if (moves) {
                PathQueries.leaveTree(handle, namespace);
                PathQueries.takeTree(handle, folded);
            }
            PathQueries.moveTree(handle, namespace, user.username(), username);
            handle.createUpdate("update namespaces set path = :path where id = :id")
                    .bind("id", namespace)
                    .bind("path", username)
                    .execute();
        });
        return true;
    }

    /**
     * Lets an account do what it may, or nothing.
     *
     * @throws LastAdministrator when it is to be blocked
     */
    public void turn(long id, User.State state) {
        database.write(handle -> {
            if (state == User.State.BLOCKED) {
                keepAnAdministrator(handle, id);
            }
            return handle.createUpdate("update users set state = :state where id = :id")
                    .bind("id", id)
                    .bind("state", state.text())
                    .execute();
        });
    }

    /** In the transaction that changes: two who take each other's power away must not both succeed. */
    private static void keepAnAdministrator(Handle handle, long id) {
        if (lastAdministrator(handle, id)) {
            throw new LastAdministrator();
        }
    }

    /** Whether nobody else who may do anything is an administrator. */
    public boolean lastAdministrator(long id) {
        return database.read(handle -> lastAdministrator(handle, id));
    }

    private static boolean lastAdministrator(Handle handle, long id) {
        return handle.createQuery("""
                        select (select count(*) from users where admin = 1 and state = 'active' and id <> :id)
                          + (select count(*) from users where id = :id and admin = 0)""").bind("id", id).mapTo(Long.class).one() == 0;
    }

    /** The full paths of the groups of which this is the only owner for good. */
    public List<String> groupsOnlyOwnedBy(long id) {
        return database.read(handle -> groupsOnlyOwnedBy(handle, id));
    }

    private static List<String> groupsOnlyOwnedBy(Handle handle, long id) {
        return handle.createQuery("""
                        select n.full_path from namespace_members m join namespaces n on n.id = m.namespace_id
                        where m.user_id = :id and m.access_level = 50 and n.parent_id is null and not exists (
                          select 1 from namespace_members o where o.namespace_id = m.namespace_id
                            and o.user_id <> :id and o.access_level = 50 and o.expires_on is null)
                        order by n.full_path""").bind("id", id).mapTo(String.class).list();
    }

    /**
     * Removes an account whose namespace is empty. What it made elsewhere becomes a ghost's.
     *
     * @throws OnlyOwner when groups depend on it
     */
    public void delete(long id) {
        database.write(handle -> {
            List<String> groups = groupsOnlyOwnedBy(handle, id);
            if (!groups.isEmpty()) {
                throw new OnlyOwner(groups);
            }
            long ghost = ghost(handle);
            for (String made : MADE_BY) {
                String table = made.substring(0, made.indexOf('.'));
                String column = made.substring(made.indexOf('.') + 1);
                handle.createUpdate("update " + table + " set " + column + " = :ghost where " + column + " = :id")
                        .bind("ghost", ghost)
                        .bind("id", id)
                        .execute();
            }
            handle.createUpdate("delete from namespaces where owner_id = :id")
                    .bind("id", id)
                    .execute();
            return handle.createUpdate("delete from users where id = :id")
                    .bind("id", id)
                    .execute();
        });
    }

    private static long ghost(Handle handle) {
        return handle.createQuery("select id from users where kind = 'ghost'")
                .mapTo(Long.class)
                .findFirst()
                .orElseGet(() -> handle.createQuery("""
                                insert into users (username, username_folded, name, email, admin, state, kind, created_at)
                                values ('-ghost', '-ghost', 'Ghost User', 'ghost@noreply.localhost', 0, 'blocked', 'ghost', 0)
                                returning id""").mapTo(Long.class).one());
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
