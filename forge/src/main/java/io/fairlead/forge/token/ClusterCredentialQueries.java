package io.fairlead.forge.token;

import io.fairlead.forge.database.Database;
import java.time.Instant;
import java.util.Optional;

/** Short-lived credentials for clusters in the database. */
public final class ClusterCredentialQueries {
    /** One for each machine, agent and hour is what a person needs; beyond that the oldest go. */
    static final int FOR_EACH_TOKEN_MAX = 100;

    /** What a credential is good for. */
    record Kept(long tokenId, long agentId, Instant expiresAt) {}

    private final Database database;

    public ClusterCredentialQueries(Database database) {
        this.database = database;
    }

    /** Whether the agent is there. Those whose time is over are taken away on the way. */
    boolean add(String digest, Kept credential, Instant now) {
        return database.write(handle -> {
            handle.createUpdate("delete from cluster_credentials where expires_at <= :now")
                    .bind("now", now.toEpochMilli())
                    .execute();
            handle.createUpdate("""
                            delete from cluster_credentials where token_id = :token and digest not in (
                              select digest from cluster_credentials where token_id = :token
                              order by expires_at desc, digest limit :kept)""")
                    .bind("token", credential.tokenId())
                    .bind("kept", FOR_EACH_TOKEN_MAX - 1)
                    .execute();
            return handle.createUpdate("""
                                    insert into cluster_credentials (digest, token_id, agent_id, expires_at)
                                    select :digest, :token, id, :expires from cluster_agents where id = :agent""")
                            .bind("digest", digest)
                            .bind("token", credential.tokenId())
                            .bind("agent", credential.agentId())
                            .bind("expires", credential.expiresAt().toEpochMilli())
                            .execute()
                    == 1;
        });
    }

    Optional<Kept> byDigest(String digest) {
        return database.read(handle -> handle.createQuery("select * from cluster_credentials where digest = :digest")
                .bind("digest", digest)
                .map((row, context) -> new Kept(
                        row.getLong("token_id"),
                        row.getLong("agent_id"),
                        Instant.ofEpochMilli(row.getLong("expires_at"))))
                .findOne());
    }
}
