package io.fairlead.forge.agent;

import io.fairlead.forge.database.Database;
import io.fairlead.forge.secret.SecretBox;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Where agents are reached, in the database. Private keys are sealed. */
public final class AgentUrlQueries {
    private final Database database;
    private final SecretBox box;
    private final InstantSource clock;

    public AgentUrlQueries(Database database, SecretBox box, InstantSource clock) {
        this.database = database;
        this.box = box;
        this.clock = clock;
    }

    /** Nothing when the agent has one already. */
    Optional<AgentUrl> add(long agentId, AgentUrl.Draft draft, long userId) {
        boolean own = draft.proof() instanceof AgentUrl.Proof.OwnKey;
        String sealed = box.seal("key of agent " + agentId, draft.privateKey());
        return database.write(handle -> handle.createQuery("""
                        insert into agent_url_configurations (agent_id, url, public_key, sealed_private_key, client_cert,
                          sealed_client_key, ca_cert, tls_host, created_by_user_id, created_at)
                        values (:agent, :url, :public, :private, :certificate, :key, :ca, :host, :user, :now)
                        on conflict do nothing returning *""")
                .bind("agent", agentId)
                .bind("url", draft.url())
                .bind("public", draft.proof() instanceof AgentUrl.Proof.OwnKey(String key) ? key : null)
                .bind("private", own ? sealed : null)
                .bind("certificate", draft.proof() instanceof AgentUrl.Proof.Certificate(String pem) ? pem : null)
                .bind("key", own ? null : sealed)
                .bind("ca", draft.caCert().orElse(null))
                .bind("host", draft.tlsHost().orElse(null))
                .bind("user", userId)
                .bind("now", clock.millis())
                .map((row, context) -> url(row))
                .findOne());
    }

    Optional<AgentUrl> ofAgent(long agentId) {
        return database.read(
                handle -> handle.createQuery("select * from agent_url_configurations where agent_id = :agent")
                        .bind("agent", agentId)
                        .map((row, context) -> url(row))
                        .findOne());
    }

    void delete(long id) {
        database.write(handle -> handle.createUpdate("delete from agent_url_configurations where id = :id")
                .bind("id", id)
                .execute());
    }

    private static AgentUrl url(ResultSet row) throws SQLException {
        String publicKey = row.getString("public_key");
        return new AgentUrl(
                row.getLong("id"),
                row.getLong("agent_id"),
                row.getString("url"),
                publicKey == null
                        ? new AgentUrl.Proof.Certificate(row.getString("client_cert"))
                        : new AgentUrl.Proof.OwnKey(publicKey),
                Optional.ofNullable(row.getString("ca_cert")),
                Optional.ofNullable(row.getString("tls_host")),
                Instant.ofEpochMilli(row.getLong("created_at")));
    }
}
