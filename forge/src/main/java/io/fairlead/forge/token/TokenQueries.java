package io.fairlead.forge.token;

import io.fairlead.forge.access.Scope;
import io.fairlead.forge.database.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/** Personal access tokens in the database. */
public final class TokenQueries {
    private final Database database;

    public TokenQueries(Database database) {
        this.database = database;
    }

    public PersonalAccessToken create(PersonalAccessToken.Draft draft, String digest, Instant now) {
        return database.write(handle -> handle.createQuery("""
                        insert into personal_access_tokens
                          (user_id, name, description, digest, scopes, created_at, expires_on, revoked)
                        values (:user, :name, :description, :digest, :scopes, :now, :expires, 0)
                        returning *""")
                .bind("user", draft.userId())
                .bind("name", draft.name())
                .bind("description", draft.description())
                .bind("digest", digest)
                .bind("scopes", Scope.store(draft.scopes()))
                .bind("now", now.toEpochMilli())
                .bind(
                        "expires",
                        draft.expiresOn() == null ? null : draft.expiresOn().toString())
                .map((row, context) -> token(row))
                .one());
    }

    public Optional<PersonalAccessToken> byDigest(String digest) {
        return database.read(handle -> handle.createQuery("select * from personal_access_tokens where digest = :digest")
                .bind("digest", digest)
                .map((row, context) -> token(row))
                .findOne());
    }

    public Optional<PersonalAccessToken> byId(long id) {
        return database.read(handle -> handle.createQuery("select * from personal_access_tokens where id = :id")
                .bind("id", id)
                .map((row, context) -> token(row))
                .findOne());
    }

    /** A part of a person's tokens by id. */
    public List<PersonalAccessToken> ofUser(long userId, long offset, int limit) {
        return database.read(handle -> handle.createQuery("""
                        select * from personal_access_tokens where user_id = :user
                        order by id limit :limit offset :offset""")
                .bind("user", userId)
                .bind("limit", limit)
                .bind("offset", offset)
                .map((row, context) -> token(row))
                .list());
    }

    public long countOfUser(long userId) {
        return database.read(
                handle -> handle.createQuery("select count(*) from personal_access_tokens where user_id = :user")
                        .bind("user", userId)
                        .mapTo(Long.class)
                        .one());
    }

    public void revoke(long id) {
        database.write(handle -> handle.createUpdate("update personal_access_tokens set revoked = 1 where id = :id")
                .bind("id", id)
                .execute());
    }

    public void recordUse(long id, Instant now) {
        database.write(
                handle -> handle.createUpdate("update personal_access_tokens set last_used_at = :now where id = :id")
                        .bind("id", id)
                        .bind("now", now.toEpochMilli())
                        .execute());
    }

    private static PersonalAccessToken token(ResultSet row) throws SQLException {
        String expires = row.getString("expires_on");
        long lastUsed = row.getLong("last_used_at");
        boolean used = !row.wasNull();
        return new PersonalAccessToken(
                row.getLong("id"),
                row.getLong("user_id"),
                row.getString("name"),
                row.getString("description"),
                Scope.stored(row.getString("scopes")),
                Instant.ofEpochMilli(row.getLong("created_at")),
                expires == null ? null : LocalDate.parse(expires),
                row.getInt("revoked") == 1,
                used ? Instant.ofEpochMilli(lastUsed) : null);
    }
}
