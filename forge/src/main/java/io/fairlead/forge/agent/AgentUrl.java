package io.fairlead.forge.agent;

import java.time.Instant;
import java.util.Optional;

/**
 * Where kas reaches an agent that does not call, and how it shows who it is.
 *
 * @param url {@code grpc} or {@code grpcs} with a host
 * @param caCert PEM of whom kas trusts there instead of the usual ones
 * @param tlsHost the name in the agent's certificate, when it is not the URL's
 */
public record AgentUrl(
        long id,
        long agentId,
        String url,
        Proof proof,
        Optional<String> caCert,
        Optional<String> tlsHost,
        Instant createdAt) {
    /** How kas shows who it is. The private halves are kept sealed and not shown. */
    public sealed interface Proof {
        /** By JWTs of a key pair that was made for this. @param publicKey 32 bytes of Ed25519 as Base64 */
        record OwnKey(String publicKey) implements Proof {}

        /** By a client certificate of the caller's. @param certificate PEM */
        record Certificate(String certificate) implements Proof {}
    }

    /** What a request says, with what is secret in it. */
    record Draft(String url, Proof proof, String privateKey, Optional<String> caCert, Optional<String> tlsHost) {
        @Override
        public String toString() {
            return "Draft[url=" + url + "]";
        }
    }
}
