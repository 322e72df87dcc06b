package io.fairlead.forge.token;

import io.fairlead.forge.access.Scope;
import io.fairlead.forge.database.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;

/** Personal access tokens in the database. */
public final class TokenQueries {
    private final Database database;

    public TokenQueries(Database database) {
        this.database = database;
    }

    public PersonalAccessToken create(PersonalAccessToken.Draft draft, String digest, Instant now) {
        return database.write(handle -> create(handle, draft, digest, now, OptionalLong.empty()));
    }

    /** Puts a new token in the place of one that works; nothing when it does not work any more. */
    public Optional<PersonalAccessToken> rotate(
            PersonalAccessToken old, PersonalAccessToken.Draft draft, String digest, Instant now) {
        return database.write(handle ->
                handle.createUpdate("update personal_access_tokens set revoked = 1 where id = :id and revoked = 0")
                                        .bind("id", old.id())
                                        .execute()
                                == 1
                        ? Optional.of(create(handle, draft, digest, now, OptionalLong.of(old.familyId())))
                        : Optional.empty());
    }

    private static PersonalAccessToken create(
            Handle handle, PersonalAccessToken.Draft draft, String digest, Instant now, OptionalLong familyId) {
        LocalDate expires = draft.expiresOn();
        return handle.createQuery("""
                        insert into personal_access_tokens
                          (user_id, name, description, digest, scopes, created_at, expires_on, revoked, family_id)
                        values (:user, :name, :description, :digest, :scopes, :now, :expires, 0, :family)
                        returning *""")
                .bind("user", draft.userId())
                .bind("name", draft.name())
                .bind("description", draft.description())
                .bind("digest", digest)
                .bind("scopes", Scope.store(draft.scopes()))
                .bind("now", now.toEpochMilli())
                .bind("expires", expires == null ? null : expires.toString())
                .bind("family", familyId.isPresent() ? Long.valueOf(familyId.getAsLong()) : null)
                .map((row, context) -> token(row))
                .one();
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

    /** A part of the tokens by id. {@code today} decides which still work. */
    public List<PersonalAccessToken> list(TokenFilter filter, LocalDate today, long offset, int limit) {
        return database.read(
                handle -> handle.createQuery("""
                        select t.* from personal_access_tokens t join users u on u.id = t.user_id\s""" + filter.where() + " order by t.id limit :limit offset :offset")
                        .bindMap(filter.parameters(today.toString()))
                        .bind("limit", limit)
                        .bind("offset", offset)
                        .map((row, context) -> token(row))
                        .list());
    }

    public long count(TokenFilter filter, LocalDate today) {
        return database.read(handle -> handle.createQuery("""
                        select count(*) from personal_access_tokens t join users u on u.id = t.user_id\s""" + filter.where())
                .bindMap(filter.parameters(today.toString()))
                .mapTo(Long.class)
                .one());
    }

    public void revoke(long id) {
        database.write(handle -> handle.createUpdate("update personal_access_tokens set revoked = 1 where id = :id")
                .bind("id", id)
                .execute());
    }

    /** Ends a token, and all that were made from the same first one by rotation. */
    public void revokeFamily(long familyId) {
        database.write(handle -> handle.createUpdate(
                        "update personal_access_tokens set revoked = 1 where id = :family or family_id = :family")
                .bind("family", familyId)
                .execute());
    }

    /** Whether someone has a token that works. */
    public boolean anyActive(long userId, LocalDate today) {
        return count(
                        new TokenFilter(
                                OptionalLong.of(userId),
                                OptionalLong.empty(),
                                OptionalLong.empty(),
                                Optional.of(true),
                                ""),
                        today)
                > 0;
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
        long family = row.getLong("family_id");
        long familyId = row.wasNull() ? row.getLong("id") : family;
        return new PersonalAccessToken(
                row.getLong("id"),
                row.getLong("user_id"),
                row.getString("name"),
                row.getString("description"),
                Scope.stored(row.getString("scopes")),
                Instant.ofEpochMilli(row.getLong("created_at")),
                expires == null ? null : LocalDate.parse(expires),
                row.getInt("revoked") == 1,
                used ? Instant.ofEpochMilli(lastUsed) : null,
                familyId);
    }
}
