package io.fairlead.forge.token;

import io.fairlead.base.digest.Sha256;
import io.fairlead.base.ids.RandomIds;

/**
 * Secrets of tokens: made from 120 random bits and more behind GitLab's prefixes, kept only as SHA-256. A fast hash is enough since
 * nobody can guess 120 random bits; looking a digest up in an index says nothing useful about the others.
 */
public final class TokenSecrets {
    /** Prefix of personal access tokens. */
    public static final String PERSONAL = "glpat-";
    /** Prefix of deploy tokens. */
    public static final String DEPLOY = "gldt-";
    /** Prefix of agent tokens. */
    public static final String AGENT = "glagent-";
    /** Prefix of job tokens. */
    public static final String JOB = "glcbt-";

    /** Prefix of short-lived credentials for clusters; GitLab has none. */
    public static final String CLUSTER = "flcc-";

    /** Longer texts are no tokens of ours and are not hashed. */
    public static final int LENGTH_MAX = 512;

    private static final int RANDOM_BYTES = 32;
    /** 20 characters and so 120 bits, as with GitLab: glab takes tokens of another length for damaged. */
    private static final int PERSONAL_RANDOM_BYTES = 15;

    private static final int AGENT_LENGTH = 50;

    private final RandomIds random;

    public TokenSecrets(RandomIds random) {
        this.random = random;
    }

    public String personal() {
        return PERSONAL + random.urlSafe(PERSONAL_RANDOM_BYTES);
    }

    public String deploy() {
        return DEPLOY + random.urlSafe(RANDOM_BYTES);
    }

    /** Agent tokens have 50 characters after the prefix, as GitLab's. */
    public String agent() {
        return AGENT + random.urlSafe(AGENT_LENGTH).substring(0, AGENT_LENGTH);
    }

    public String cluster() {
        return CLUSTER + random.urlSafe(RANDOM_BYTES);
    }

    public String job() {
        return JOB + random.urlSafe(RANDOM_BYTES);
    }

    /** What is stored and looked up in place of the secret. */
    public static String digest(String secret) {
        return Sha256.of(secret);
    }
}
