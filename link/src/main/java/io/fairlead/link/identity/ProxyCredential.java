package io.fairlead.link.identity;

/** What a client shows at the Kubernetes API proxy, and which agent it wants. Secrets never appear in text. */
public sealed interface ProxyCredential {
    /** The agent the client asks for; whether it may is {@link ProxyAccess}'s answer. */
    long agentId();

    /** What the answer is remembered by: a hash over everything that decides it, safe to keep and to log. */
    String cacheKey();

    /** What its owner is remembered by, whichever agent they ask for: a hash over the secret alone, safe likewise. */
    String secretHash();

    /** {@code Bearer ci:<agent id>:<job token>}. The answer is shared by all agents of one job token. */
    record CiJob(long agentId, String token) implements ProxyCredential {
        @Override
        public String cacheKey() {
            return secretHash();
        }

        @Override
        public String secretHash() {
            return CredentialHash.of("ci", token);
        }

        @Override
        public String toString() {
            return "CiJob[agentId=" + agentId + ", token=***]";
        }
    }

    /** {@code Bearer pat:<agent id>:<token>}. */
    record PersonalAccessToken(long agentId, String token) implements ProxyCredential {
        @Override
        public String cacheKey() {
            return CredentialHash.of("pat for agent", Long.toString(agentId), token);
        }

        @Override
        public String secretHash() {
            return CredentialHash.of("pat", token);
        }

        @Override
        public String toString() {
            return "PersonalAccessToken[agentId=" + agentId + ", token=***]";
        }
    }

    /** A browser's session: the cookie (decoded) and the CSRF token of the page. */
    record Session(long agentId, String cookie, String csrf) implements ProxyCredential {
        @Override
        public String cacheKey() {
            return CredentialHash.of("session for agent", Long.toString(agentId), cookie, csrf);
        }

        @Override
        public String secretHash() {
            return CredentialHash.of("session", cookie);
        }

        @Override
        public String toString() {
            return "Session[agentId=" + agentId + ", cookie=***, csrf=***]";
        }
    }
}
