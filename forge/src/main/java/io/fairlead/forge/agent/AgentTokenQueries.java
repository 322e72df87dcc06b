package io.fairlead.forge.agent;

import io.fairlead.forge.database.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Tokens of agents in the database. */
public final class AgentTokenQueries {
    /** Two, so that a token can be replaced without a gap. */
    static final int ACTIVE_MAX = 2;

    private final Database database;

    public AgentTokenQueries(Database database) {
        this.database = database;
    }

    /** Adds a token; nothing when the agent has as many active ones as it may. */
    public Optional<AgentToken> create(AgentToken.Draft draft, String digest, Instant now) {
        return database.write(handle -> handle.createQuery("""
                        insert into cluster_agent_tokens
                          (agent_id, name, description, digest, revoked, created_by_user_id, created_at)
                        select :agent, :name, :description, :digest, 0, :user, :now
                        where (select count(*) from cluster_agent_tokens where agent_id = :agent and revoked = 0) < :max
                        returning *""")
                .bind("agent", draft.agentId())
                .bind("name", draft.name())
                .bind("description", draft.description())
                .bind("digest", digest)
                .bind("user", draft.createdByUserId())
                .bind("now", now.toEpochMilli())
                .bind("max", ACTIVE_MAX)
                .map((row, context) -> token(row))
                .findOne());
    }

    /** The active token with this digest. */
    public Optional<AgentToken> activeByDigest(String digest) {
        return database.read(handle -> handle.createQuery(
                        "select * from cluster_agent_tokens where digest = :digest and revoked = 0")
                .bind("digest", digest)
                .map((row, context) -> token(row))
                .findOne());
    }

    /** An active token of an agent. */
    public Optional<AgentToken> active(long agentId, long id) {
        return database.read(handle -> handle.createQuery(
                        "select * from cluster_agent_tokens where agent_id = :agent and id = :id and revoked = 0")
                .bind("agent", agentId)
                .bind("id", id)
                .map((row, context) -> token(row))
                .findOne());
    }

    /** All active tokens of an agent, by id. */
    public List<AgentToken> active(long agentId) {
        return database.read(handle -> handle.createQuery(
                        "select * from cluster_agent_tokens where agent_id = :agent and revoked = 0 order by id")
                .bind("agent", agentId)
                .map((row, context) -> token(row))
                .list());
    }

    public void revoke(long id) {
        database.write(handle -> handle.createUpdate("update cluster_agent_tokens set revoked = 1 where id = :id")
                .bind("id", id)
                .execute());
    }

    public void recordUse(long id, Instant now) {
        database.write(
                handle -> handle.createUpdate("update cluster_agent_tokens set last_used_at = :now where id = :id")
                        .bind("id", id)
                        .bind("now", now.toEpochMilli())
                        .execute());
    }

    private static AgentToken token(ResultSet row) throws SQLException {
        long lastUsed = row.getLong("last_used_at");
        boolean used = !row.wasNull();
        return new AgentToken(
                row.getLong("id"),
                row.getLong("agent_id"),
                row.getString("name"),
                row.getString("description"),
                row.getInt("revoked") == 1,
                row.getLong("created_by_user_id"),
                Instant.ofEpochMilli(row.getLong("created_at")),
                used ? Instant.ofEpochMilli(lastUsed) : null);
    }
}
