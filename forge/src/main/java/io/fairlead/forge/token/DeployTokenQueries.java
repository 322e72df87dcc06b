package io.fairlead.forge.token;

import io.fairlead.forge.access.Scope;
import io.fairlead.forge.database.Database;
import io.fairlead.forge.member.Membership;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Deploy tokens in the database. */
public final class DeployTokenQueries {
    private final Database database;

    public DeployTokenQueries(Database database) {
        this.database = database;
    }

    public DeployToken create(Membership where, DeployToken.Draft draft, String digest, Instant now) {
        return database.write(handle -> {
            Instant expires = draft.expiresAt();
            long id = handle.createQuery("insert into deploy_tokens (" + where.column()
                            + ", name, username, digest, scopes, creator_id, created_at, expires_at, revoked) values"
                            + " (:where, :name, :username, :digest, :scopes, :creator, :now, :expires, 0) returning id")
                    .bind("where", where.id())
                    .bind("name", draft.name())
                    .bind("username", draft.username() == null ? "" : draft.username())
                    .bind("digest", digest)
                    .bind("scopes", Scope.store(draft.scopes()))
                    .bind("creator", draft.creatorId())
                    .bind("now", now.toEpochMilli())
                    .bind("expires", expires == null ? null : expires.toEpochMilli())
                    .mapTo(Long.class)
                    .one();
            if (draft.username() == null) {
                handle.createUpdate("update deploy_tokens set username = :username where id = :id")
                        .bind("id", id)
                        .bind("username", "gitlab+deploy-token-" + id)
                        .execute();
            }
            return handle.createQuery("select * from deploy_tokens where id = :id")
                    .bind("id", id)
                    .map((row, context) -> token(row))
                    .one();
        });
    }

    public Optional<DeployToken> byDigest(String digest) {
        return database.read(handle -> handle.createQuery("select * from deploy_tokens where digest = :digest")
                .bind("digest", digest)
                .map((row, context) -> token(row))
                .findOne());
    }

    /** All tokens of a project or group that were not revoked, by id. */
    public List<DeployToken> of(Membership where) {
        return database.read(handle -> handle.createQuery(
                        "select * from deploy_tokens where " + where.column() + " = :where and revoked = 0 order by id")
                .bind("where", where.id())
                .map((row, context) -> token(row))
                .list());
    }

    /** All tokens that were not revoked, by id. */
    public List<DeployToken> all() {
        return database.read(handle -> handle.createQuery("select * from deploy_tokens where revoked = 0 order by id")
                .map((row, context) -> token(row))
                .list());
    }

    public void revoke(long id) {
        database.write(handle -> handle.createUpdate("update deploy_tokens set revoked = 1 where id = :id")
                .bind("id", id)
                .execute());
    }

    public void recordUse(long id, Instant now) {
        database.write(handle -> handle.createUpdate("update deploy_tokens set last_used_at = :now where id = :id")
                .bind("id", id)
                .bind("now", now.toEpochMilli())
                .execute());
    }

    private static DeployToken token(ResultSet row) throws SQLException {
        return new DeployToken(
                row.getLong("id"),
                number(row, "project_id"),
                number(row, "namespace_id"),
                row.getString("name"),
                row.getString("username"),
                Scope.stored(row.getString("scopes")),
                time(row, "expires_at").orElse(null),
                row.getInt("revoked") == 1,
                time(row, "last_used_at").orElse(null));
    }

    private static OptionalLong number(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
    }

    private static Optional<Instant> time(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(value));
    }
}
